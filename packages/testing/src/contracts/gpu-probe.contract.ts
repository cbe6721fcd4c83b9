import type { GpuProbe, GpuReading } from '@plimsoll/domain';
import { afterEach, describe, expect, test } from 'vitest';

/** What every probe of devices does. `open` gives a fresh one each time; the suite closes it. */
export function describeGpuProbeContract(name: string, open: () => GpuProbe | Promise<GpuProbe>): void {
  describe(`${name} is a GpuProbe`, () => {
    let opened: GpuProbe | null = null;
    const probe = async (): Promise<GpuProbe> => (opened = await open());
    afterEach(async () => {
      await opened?.close();
      opened = null;
    });

    test('gives each device one id and one index', async () => {
      const devices = await (await probe()).devices();
      expect(new Set(devices.map(({ id }) => id)).size).toBe(devices.length);
      expect(new Set(devices.map(({ index }) => index)).size).toBe(devices.length);
      for (const { name: called, totalBytes } of devices) {
        expect(called).not.toBe('');
        expect(totalBytes === null || totalBytes > 0).toBe(true);
      }
    });

    test('reads known devices only; what is not known is null, never 0 of 0', async () => {
      const opening = await probe();
      const ids = (await opening.devices()).map(({ id }) => id);
      for (const reading of await opening.read()) checkReading(reading, ids);
    });

    test('watches until the loop is left', async () => {
      const opening = await probe();
      const ids = (await opening.devices()).map(({ id }) => id);
      let looks = 0;
      for await (const readings of opening.watch(1)) {
        for (const reading of readings) checkReading(reading, ids);
        looks += 1;
        if (looks === 2) break;
      }
      expect(looks).toBeLessThanOrEqual(2);
    });

    test('watches until the signal aborts', async () => {
      const abort = new AbortController();
      let looks = 0;
      const watching = (async () => {
        for await (const readings of (await probe()).watch(1, { signal: abort.signal })) {
          looks += Array.isArray(readings) ? 1 : 100;
          abort.abort();
        }
      })();
      await watching.catch((error: unknown) => expect(error).toMatchObject({ code: 'cancelled' }));
      expect(looks).toBeLessThanOrEqual(2);
    });

    test('can be closed twice', async () => {
      const opening = await probe();
      await opening.close();
      await opening.close();
    });
  });
}

function checkReading(reading: GpuReading, ids: readonly string[]): void {
  expect(ids).toContain(reading.deviceId);
  const { totalBytes, usedBytes, utilization, temperatureC } = reading;
  expect(totalBytes === null || totalBytes > 0).toBe(true);
  if (totalBytes !== null && usedBytes !== null) expect(usedBytes).toBeLessThanOrEqual(totalBytes);
  if (utilization !== null) expect(utilization).toBeGreaterThanOrEqual(0);
  if (utilization !== null) expect(utilization).toBeLessThanOrEqual(1);
  if (temperatureC !== null) expect(temperatureC).toBeGreaterThan(-50);
}
