import type { GpuProbe, GpuReading } from '@plimsoll/domain';
import { FixedGpuProbe, ManualClock, gpuReading } from '@plimsoll/testing';
import { describe, expect, test } from 'vitest';
import { traceOf, watchDevices } from './watch-devices.js';

const at = (atMs: number, powerW: number | null, deviceId = 'a'): GpuReading => gpuReading({ deviceId, atMs, powerW });

describe('traceOf', () => {
  test('energy is power over time by the trapezoidal rule, held constant at both ends', () => {
    // 100 W for 1 s, 100 → 200 W over 2 s, 200 W for 1 s.
    expect(traceOf([at(1000, 100), at(3000, 200)], 0, 4000).energyJ).toBeCloseTo(100 + 300 + 200);
  });

  test('devices add up, and one that does not tell its power leaves the others', () => {
    expect(traceOf([at(0, 50), at(0, 70, 'b'), at(0, null, 'c')], 0, 2000).energyJ).toBeCloseTo(240);
  });

  test('what no device tells is null', () => {
    expect(traceOf([at(0, null)], 0, 1000)).toEqual({ temperatureC: null, throttled: null, energyJ: null });
    expect(traceOf([], 0, 1000).energyJ).toBeNull();
  });

  test('a reading from after the run counts as one at its end', () => {
    expect(traceOf([at(0, 100), at(9000, 100)], 0, 1000).energyJ).toBeCloseTo(100);
  });
});

describe('watchDevices', () => {
  test('sees a throttling that is over when the run ends', async () => {
    const clock = new ManualClock(0);
    const cool = gpuReading({ deviceId: 'a', atMs: 2000, temperatureC: 70, thermalThrottling: false, powerW: 80 });
    const hot = gpuReading({ deviceId: 'a', atMs: 500, temperatureC: 91, thermalThrottling: true, powerW: 120 });
    let seen: () => void = () => undefined;
    const looked = new Promise<void>((resolve) => (seen = resolve));
    const fixed = new FixedGpuProbe([], [cool]);
    const probe: GpuProbe = {
      devices: () => fixed.devices(),
      read: () => fixed.read(),
      close: () => fixed.close(),
      async *watch(_intervalMs, options) {
        yield [hot];
        seen();
        await new Promise<void>((resolve) => options?.signal?.addEventListener('abort', () => resolve()));
      },
    };
    const { result, trace } = await watchDevices(
      { gpu: probe, clock },
      async () => {
        await looked;
        clock.advance(2000);
        return 7;
      },
      {},
    );
    expect(result).toBe(7);
    // 120 W for half a second, then 120 → 80 W over one and a half.
    expect(trace).toEqual({ temperatureC: 91, throttled: true, energyJ: 60 + 150 });
  });

  test('a failing probe costs the trace, not the run; a failing run is thrown on and ends the watch', async () => {
    let ended = false;
    const fixed = new FixedGpuProbe();
    const broken: GpuProbe = {
      devices: () => fixed.devices(),
      read: () => fixed.read(),
      close: () => fixed.close(),
      async *watch() {
        try {
          yield [];
          throw new Error('the tool is gone');
        } finally {
          ended = true;
        }
      },
    };
    const clock = new ManualClock(0);
    const { result, trace } = await watchDevices({ gpu: broken, clock }, async () => 'done', {});
    expect([result, trace.energyJ, ended]).toEqual(['done', null, true]);
    const failing = async (): Promise<never> => {
      throw new Error('the run failed');
    };
    await expect(watchDevices({ gpu: broken, clock }, failing, {})).rejects.toThrow('the run failed');
  });
});
