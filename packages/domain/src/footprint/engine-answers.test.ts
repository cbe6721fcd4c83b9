import { describe, expect, it } from 'vitest';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import { ENGINE_ANSWERS } from './__fixtures__/engine-answers.js';
import { createFootprintModel } from './footprint-model.js';
import type { RunShape } from './operating-point.js';

describe('against the engine’s own answers', () => {
  it.each(ENGINE_ANSWERS)('%s at %s, %i tokens of %s, flash attention %s', (...answer) => {
    const [name, level, contextTokens, cache, flashAttention, weightsBytes, kvCacheBytes, ...scratch] = answer;
    const shape: RunShape = {
      contextTokens,
      parallel: 1,
      microBatchTokens: 512,
      keyCacheType: cache,
      valueCacheType: cache,
      flashAttention,
      placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 },
    };
    const outputs = ['every', 'last'] as const;
    scratch.forEach((computeBytes, index) => {
      const model = createFootprintModel(transformerHeader(SHAPES[name]), { outputs: outputs[index] });
      const { host } = model.footprint(level, shape);
      expect(host.weightsBytes).toBe(weightsBytes);
      expect(host.kvCacheBytes).toBe(kvCacheBytes);
      // Freed blocks that do not fit again cost up to a few per cent, which a closed form cannot see.
      const together = (host.kvCacheBytes + host.computeBytes) / (kvCacheBytes + computeBytes);
      expect(Math.abs(together - 1)).toBeLessThan(0.02);
    });
  });
});
