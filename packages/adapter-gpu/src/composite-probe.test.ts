import type { GpuDevice } from '@plimsoll/domain';
import { FixedGpuProbe, FixedHostProbe, gpuReading } from '@plimsoll/testing';
import { describe, expect, it } from 'vitest';
import { CompositeProbe } from './composite-probe.js';
import { EngineProbe } from './engine/engine-probe.js';

function device(id: string, known: Partial<GpuDevice> = {}): GpuDevice {
  return { id, index: 0, name: id, vendor: 'nvidia', memory: 'dedicated', totalBytes: 8, driver: null, ...known };
}

function probe(...devices: readonly GpuDevice[]): FixedGpuProbe {
  return new FixedGpuProbe(
    devices,
    devices.map(({ id }) => gpuReading({ deviceId: id, usedBytes: 1 })),
  );
}

class FailingProbe extends FixedGpuProbe {
  override async devices(): Promise<never> {
    throw new Error('the tool is broken');
  }
}

describe('CompositeProbe', () => {
  it('lists each device once: the first of a group that finds any speaks for it', async () => {
    const composite = new CompositeProbe({
      groups: [
        [new FailingProbe(), probe(), probe(device('a'), device('b')), probe(device('a again'))],
        [probe(device('c'))],
      ],
    });
    expect((await composite.devices()).map(({ id, index }) => [id, index])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ]);
    expect((await composite.read()).map(({ deviceId }) => deviceId)).toEqual(['a', 'b', 'c']);
  });

  it('asks the engine for vendors that nobody else has found', async () => {
    const engine = new EngineProbe(async () => [
      { name: 'NVIDIA GeForce RTX 4060', totalBytes: 8, freeBytes: 7 },
      { name: 'Intel(R) Arc(tm) A770 Graphics (DG2)', totalBytes: 16, freeBytes: 12 },
      { name: 'llvmpipe (LLVM 15.0.6, 256 bits)', totalBytes: 2, freeBytes: 2 },
    ]);
    const composite = new CompositeProbe({ groups: [[probe(device('card'))]], fallback: engine });
    expect((await composite.devices()).map(({ name, vendor }) => [name, vendor])).toEqual([
      ['card', 'nvidia'],
      ['Intel(R) Arc(tm) A770 Graphics (DG2)', 'intel'],
    ]);
    const readings = await composite.read();
    expect(readings).toHaveLength(2);
    expect(readings[1]).toMatchObject({ totalBytes: 16, freeBytes: 12, usedBytes: 4, temperatureC: null });
    const alone = new CompositeProbe({ groups: [[probe()]], fallback: engine });
    expect(await alone.devices()).toHaveLength(2);
  });

  it('gives a device that shares the memory of the machine the figures of the machine', async () => {
    const shared = device('gb10', { memory: 'unified', totalBytes: null });
    const host = new FixedHostProbe({ totalBytes: 100, availableBytes: 60 });
    const composite = new CompositeProbe({
      groups: [[new FixedGpuProbe([shared], [gpuReading({ deviceId: 'gb10' })])]],
      host,
    });
    expect(await composite.devices()).toMatchObject([{ totalBytes: 100 }]);
    expect(await composite.read()).toMatchObject([{ totalBytes: 100, freeBytes: 60, usedBytes: 40 }]);
  });

  it('watches until aborted', async () => {
    const abort = new AbortController();
    const composite = new CompositeProbe({
      groups: [[new EngineProbe(async () => [{ name: 'x', totalBytes: 2, freeBytes: 1 }])]],
    });
    let rounds = 0;
    for await (const readings of composite.watch(5, { signal: abort.signal })) {
      expect(readings).toMatchObject([{ freeBytes: 1 }]);
      if (++rounds === 3) abort.abort();
    }
    expect(rounds).toBe(3);
  });

  it('sees no devices where every tool fails', async () => {
    const composite = new CompositeProbe({ groups: [[new FailingProbe()]], fallback: new FailingProbe() });
    expect(await composite.devices()).toEqual([]);
    expect(await composite.read()).toEqual([]);
    await composite.close();
  });
});
