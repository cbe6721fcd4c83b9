import { describe, expect, it } from 'vitest';
import { bench } from './footprint-bench.mjs';

/** One model of each kind whose memory follows rules of its own. */
const MODELS = ['gpt-oss-20b', 'deepseek-v2-lite', 'mamba-2.8b', 'jamba-mini', 'lfm2-1.2b', 'bge-base-en'];

describe('closed-form footprints of every family', () => {
  it('are within bounds of what the engine answers', async () => {
    const rows = await bench({ models: MODELS, device: false, log: () => undefined });
    const accuracy = rows.filter(({ unit, bound }) => bound !== null && unit !== '1/s' && unit !== 'ms');
    expect(accuracy).toHaveLength(10);
    expect(accuracy.filter(({ passed }) => passed !== true)).toEqual([]);
  });
});
