import type { GenerationMeasurement, Measurement, MeasurementFilter, MeasurementStore } from '@plimsoll/domain';
import { afterEach, describe, expect, test } from 'vitest';
import { generationRecord, speedRecord } from '../records.js';

/** What every measurement store does. `open` gives an empty store each time; the suite closes it. */
export function describeMeasurementStoreContract(
  name: string,
  open: () => MeasurementStore | Promise<MeasurementStore>,
): void {
  describe(`${name} is a MeasurementStore`, () => {
    let opened: MeasurementStore | null = null;
    const store = async (): Promise<MeasurementStore> => (opened = await open());
    afterEach(async () => {
      await opened?.close();
      opened = null;
    });

    test('is empty at first', async () => {
      const empty = await store();
      expect([await empty.query(), await empty.aggregate()]).toEqual([[], []]);
    });

    test('gives back what was appended, newest first, a thousand at most unless more are asked for', async () => {
      const kept = await store();
      await kept.append(Array.from({ length: 1001 }, (_, index) => record({ id: `r${index}`, atMs: index })));
      const found = await kept.query();
      expect(found).toHaveLength(1000);
      expect(found[0]).toEqual(record({ id: 'r1000', atMs: 1000 }));
      expect(await kept.query({ limit: 2 })).toHaveLength(2);
      expect(await kept.query({ limit: 5000 })).toHaveLength(1001);
    });

    test('keeps the first of two with one id', async () => {
      const kept = await store();
      await kept.append([record({ id: 'a' })]);
      await kept.append([record({ id: 'a', model: 'another' }), record({ id: 'b', atMs: 0 })]);
      expect((await kept.query()).map(({ id, model }) => [id, model])).toEqual([
        ['a', 'tale'],
        ['b', 'tale'],
      ]);
    });

    test.each(FILTERS)('finds by %j', async (filter, ids) => {
      const kept = await store();
      await kept.append(RECORDS);
      expect((await kept.query(filter)).map(({ id }) => id)).toEqual(ids);
    });

    test('statistics count generations, by content and not by name', async () => {
      const kept = await store();
      await kept.append([
        record({ id: 'a', digest: 'sha256:1', variant: 'old.gguf', atMs: 1 }),
        record({ id: 'b', digest: 'sha256:1', variant: 'new.gguf', atMs: 2 }),
        record({ id: 'c', digest: 'sha256:2', variant: 'new.gguf', atMs: 1, succeeded: false, timings: null }),
        record({ id: 'd', digest: null, variant: 'new.gguf', atMs: 0 }),
        speedRecord(40, { id: 'e' }),
      ]);
      const rows = (await kept.aggregate()).map(({ digest, variant, total, failed }) => [
        digest,
        variant,
        total,
        failed,
      ]);
      expect(rows).toHaveLength(3);
      expect(rows).toEqual(
        expect.arrayContaining([
          ['sha256:1', 'new.gguf', 2, 0],
          ['sha256:2', 'new.gguf', 1, 1],
          [null, 'new.gguf', 1, 0],
        ]),
      );
      expect(await kept.aggregate({ digests: ['sha256:2'] })).toHaveLength(1);
    });

    test('refuses what was cancelled before, and keeps nothing of it', async () => {
      const kept = await store();
      const options = { signal: AbortSignal.abort() };
      const cancelled = { code: 'cancelled' };
      await expect(kept.append([record()], options)).rejects.toMatchObject(cancelled);
      await expect(kept.query({}, options)).rejects.toMatchObject(cancelled);
      await expect(kept.aggregate({}, options)).rejects.toMatchObject(cancelled);
      expect(await kept.query()).toEqual([]);
    });
  });
}

const ENVIRONMENT = { backend: 'ollama', engineBuild: '0.9', device: 'A card', driver: '1', platform: 'linux-x64' };

const record = (known: Partial<GenerationMeasurement> = {}): GenerationMeasurement =>
  generationRecord({
    ...{ id: 'r', atMs: 1, model: 'tale', variant: 'tale-Q4_K_M', digest: 'sha256:abc', environment: ENVIRONMENT },
    ...{ timings: null, ...known },
  });

const RECORDS: readonly Measurement[] = [
  record({ id: 'a', atMs: 4, model: 'x', level: 'Q8_0', comparisonId: 'c1', foreign: true }),
  speedRecord(40, { id: 'b', atMs: 3, variant: 'v', digest: 'sha256:2', environment: ENVIRONMENT }),
  record({ id: 'c', atMs: 2, architecture: 'gemma3', level: null, digest: null }),
  record({ id: 'd', atMs: 1, environment: { ...ENVIRONMENT, backend: 'embedded', device: null } }),
];

const FILTERS: readonly (readonly [MeasurementFilter, readonly string[]])[] = [
  [{}, ['a', 'b', 'c', 'd']],
  [{ kind: 'speed' }, ['b']],
  [{ model: 'x' }, ['a']],
  [{ variant: 'v' }, ['b']],
  [{ level: 'Q8_0' }, ['a']],
  [{ digest: 'sha256:2' }, ['b']],
  [{ digests: ['sha256:2', 'sha256:abc'] }, ['a', 'b', 'd']],
  [{ digests: [] }, []],
  [{ architecture: 'gemma3' }, ['c']],
  [{ backend: 'embedded' }, ['d']],
  [{ device: 'A card' }, ['a', 'b', 'c']],
  [{ comparisonId: 'c1' }, ['a']],
  [{ foreign: true }, ['a']],
  [{ foreign: false, sinceMs: 2 }, ['b', 'c']],
  [{ model: "' OR 1=1 --" }, []],
];
