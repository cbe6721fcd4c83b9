import type { FootprintOracle, RunShape } from '@plimsoll/domain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf } from './code-of.js';

/** What an oracle brings to its contract suite. */
export interface FootprintOracleSubject {
  readonly oracle: FootprintOracle;
  /** A model file that it can measure, and a path at which there is none. */
  readonly path: string;
  readonly missing: string;
  readonly dispose?: () => Promise<void>;
}

const SHAPE: RunShape = {
  contextTokens: 256,
  parallel: 1,
  microBatchTokens: 512,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  flashAttention: 'auto',
  placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 },
};

/** What every oracle of footprints does. */
export function describeFootprintOracleContract(name: string, create: () => Promise<FootprintOracleSubject>): void {
  describe(`${name} is a FootprintOracle`, () => {
    let subject: FootprintOracleSubject;
    beforeAll(async () => {
      subject = await create();
    });
    afterAll(() => subject.dispose?.());

    test('the parts make up the whole', async () => {
      const { devices, host, totalBytes } = await subject.oracle.measure(subject.path, SHAPE);
      const all = [...devices, host];
      expect(all.reduce((sum, part) => sum + part.totalBytes, 0)).toBe(totalBytes);
      for (const part of all) {
        const { weightsBytes, kvCacheBytes, recurrentStateBytes, computeBytes } = part;
        expect(weightsBytes + kvCacheBytes + recurrentStateBytes + computeBytes).toBe(part.totalBytes);
      }
      expect(host.weightsBytes).toBeGreaterThan(0);
    });

    test('a longer context takes more, and the same shape takes the same', async () => {
      const { oracle, path } = subject;
      const short = await oracle.measure(path, SHAPE);
      expect(await oracle.measure(path, SHAPE)).toEqual(short);
      const long = await oracle.measure(path, { ...SHAPE, contextTokens: 1024 });
      expect(long.host.kvCacheBytes).toBeGreaterThan(short.host.kvCacheBytes);
    });

    test('a file that is not there is a model-not-found error', async () => {
      expect(await codeOf(subject.oracle.measure(subject.missing, SHAPE))).toBe('model-not-found');
    });

    test('a signal that is already aborted is a cancelled error', async () => {
      const work = subject.oracle.measure(subject.path, SHAPE, { signal: AbortSignal.abort() });
      expect(await codeOf(work)).toBe('cancelled');
    });
  });
}
