import { expect, test } from 'vitest';
import type { CacheCells } from './cache-table.js';
import type { HybridGraph, HybridLayer } from './hybrid-graph.js';
import { hybridScratchBytes } from './hybrid-scratch.js';

const MIXER: HybridLayer = { attention: null, mixes: true, feedForward: 0 };
const NETWORK: HybridLayer = { attention: null, mixes: false, feedForward: 12_288 };
const ATTENTION: HybridLayer = { attention: { heads: 32, query: 2048, keys: 512 }, mixes: false, feedForward: 0 };
const withNetwork = (layer: HybridLayer): HybridLayer => ({ ...layer, feedForward: 12_288 });
const both = withNetwork({ ...ATTENTION, mixes: true });

const sizes = {
  ...{ width: 2048, vocabulary: 4096, projected: 10_304, convolved: 6144, inner: 4096, timeSteps: 64 },
  ...{ convolutionState: 3 * 6144, state: 128 * 4096, norms: true },
};
const GRAPHS: Readonly<Record<'granitehybrid' | 'falcon-h1' | 'nemotron_h', HybridGraph>> = {
  granitehybrid: {
    ...sizes,
    ...{ narrowsAt: 'mixers', rotates: false, gated: true },
    layers: [MIXER, MIXER, ATTENTION, MIXER, MIXER, ATTENTION].map(withNetwork),
  },
  'falcon-h1': { ...sizes, narrowsAt: 'sum', rotates: true, gated: true, layers: [both, both, both, both, both, both] },
  nemotron_h: {
    ...sizes,
    ...{ narrowsAt: 'end', rotates: false, gated: false },
    layers: [MIXER, NETWORK, MIXER, ATTENTION, MIXER, NETWORK],
  },
};

const cells = (full: number, sequences: number, rotation = 0): CacheCells => ({
  ...{ streams: sequences, sequences, full, window: 0, batchTokens: 512, rotation },
});
const BATCHES = {
  short: { cells: cells(512, 1), flash: true, rows: 1, onDevice: false },
  scores: { cells: cells(4096, 1), flash: false, rows: 1, onDevice: false },
  sequences: { cells: cells(2048, 4), flash: true, rows: 4, onDevice: false },
  quantized: { cells: cells(4096, 1, 2 * 64 ** 2), flash: true, rows: 1, onDevice: false },
};

/** Source: llama.cpp v0.5.0 (node-llama-cpp 3.22.1), header-only files of these sizes, no device. */
test.each([
  ['granitehybrid', 'short', 120_350_784],
  ['granitehybrid', 'scores', 295_704_640],
  ['granitehybrid', 'sequences', 98_871_360],
  ['granitehybrid', 'quantized', 124_053_568],
  ['falcon-h1', 'short', 92_811_328],
  ['falcon-h1', 'scores', 299_900_992],
  ['falcon-h1', 'sequences', 94_384_192],
  ['falcon-h1', 'quantized', 92_319_808],
  ['nemotron_h', 'short', 70_092_864],
  ['nemotron_h', 'scores', 299_898_944],
  ['nemotron_h', 'sequences', 78_325_824],
  ['nemotron_h', 'quantized', 73_795_648],
] as const)('%s, %s: the bytes that the engine takes', (name, batch, bytes) => {
  expect(hybridScratchBytes(GRAPHS[name], BATCHES[batch])).toBe(bytes);
});

test('a device is handed the embeddings of the tokens, and needs no room to make them', () => {
  const graph = GRAPHS.nemotron_h;
  const onDevice = hybridScratchBytes(graph, { ...BATCHES.short, onDevice: true });
  expect(hybridScratchBytes(graph, BATCHES.short) - onDevice).toBe(4 * 512 * (2048 + 1));
});
