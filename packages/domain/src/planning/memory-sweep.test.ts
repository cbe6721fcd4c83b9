import { expect, test } from 'vitest';
import { createFootprintModel } from '../footprint/footprint-model.js';
import { transformerHeader } from '../model/__fixtures__/transformer-header.js';
import { TYPICAL_HOST, hostTflops } from '../prediction/typical-host.js';
import type { Level } from '../quantization/level.js';
import { JUDGED_MODELS } from './__fixtures__/judged-models.js';
import { memoryBudget } from './budget.js';
import { createPlan } from './create-plan.js';
import type { PlanCandidate } from './plan.js';
import { candidateUtility } from './ranking.js';

const GIB = 1024 ** 3;
const NAMES = ['Gemma 3 4B', 'Llama 3.1 8B', 'Qwen2.5 14B', 'Qwen3 30B-A3B'] as const;
const SIZES = Array.from({ length: 45 }, (_, index) => index + 4);
const LEVELS: readonly Level[] = ['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'IQ4_XS', 'Q3_K_M', 'Q2_K'];
const COLOURS = ['#0b3d2e', '#14694e', '#1f8f6b', '#4bb08c', '#7fc8ab', '#c9b458', '#d98f3d', '#c5342b'];

function chosen(name: (typeof NAMES)[number], gib: number): PlanCandidate | null {
  const model = createFootprintModel(transformerHeader(JUDGED_MODELS[name]));
  const totalBytes = gib * GIB;
  const plan = createPlan({
    model: { name, architecture: model.architecture.name, parameters: null, contextLength: null, source: 'published' },
    architecture: model.architecture,
    footprint: model.footprint,
    budget: memoryBudget({
      devices: [{ name: 'card', memory: 'dedicated', totalBytes, freeBytes: totalBytes }],
      host: { totalBytes: 64 * GIB, freeBytes: 64 * GIB },
      marginFraction: 0.1,
      limitBytes: null,
    }),
    machine: {
      devices: [{ bandwidthBytesPerSecond: 500e9, fp16Tflops: 60, kind: 'ada' }],
      host: { ...TYPICAL_HOST, fp16Tflops: hostTflops(8) },
    },
    levels: LEVELS,
    cacheTypes: [
      { keyCacheType: 'f16', valueCacheType: 'f16' },
      { keyCacheType: 'q8_0', valueCacheType: 'q8_0' },
    ],
    contexts: [8192],
  });
  return plan.recommended?.candidate ?? null;
}

const sweeps = NAMES.map((name) => ({ name, points: SIZES.map((gib) => chosen(name, gib)) }));

test('from 4 to 48 GB the choice is worth no less with each gigabyte more', () => {
  for (const { name, points } of sweeps) {
    const worths = points.map((point) => (point === null ? -Infinity : candidateUtility(point, 'balanced')));
    for (const [index, worth] of worths.slice(1).entries()) {
      expect(worth, `${name} at ${SIZES[index + 1]} GB`).toBeGreaterThanOrEqual(worths[index] ?? -Infinity);
    }
  }
});

test('the documented picture is what the plans say today', async () => {
  await expect(picture()).toMatchFileSnapshot('../../docs/memory-sweep.svg');
});

const LEFT = 120;
const STEP = 16;
const ROW = 44;

/** A row per model, a column per gigabyte; pale cells are partly offloaded. */
function picture(): string {
  const width = LEFT + SIZES.length * STEP + 20;
  const height = NAMES.length * ROW + 110;
  const rows = sweeps.flatMap(({ name, points }, row) => [
    `<text x="${LEFT - 10}" y="${row * ROW + 58}" text-anchor="end">${name}</text>`,
    ...points.map((point, column) => {
      const colour = point === null ? '#ddd' : COLOURS[LEVELS.findIndex((level) => level === point.level)];
      const opacity = point?.fit === 'full' ? 1 : 0.35;
      const { level = 'nothing', fit = 'none' } = point ?? {};
      const speed = point?.expected.decodeTokensPerSecond.value ?? null;
      const title = `${name}, ${SIZES[column]} GB: ${level}, ${fit === 'full' ? 'entirely' : 'partly'} on the card${speed === null ? '' : `, ~${speed.toFixed(0)} tokens/s`}`;
      return `<rect x="${LEFT + column * STEP}" y="${row * ROW + 36}" width="${STEP - 1}" height="${ROW - 10}" fill="${colour}" fill-opacity="${opacity}"><title>${title}</title></rect>`;
    }),
  ]);
  const axis = SIZES.filter((gib) => gib % 4 === 0).map(
    (gib) =>
      `<text x="${LEFT + (gib - 4) * STEP + STEP / 2}" y="${NAMES.length * ROW + 52}" text-anchor="middle">${gib}</text>`,
  );
  const legend = LEVELS.map(
    (level, index) =>
      `<rect x="${LEFT + index * 86}" y="${height - 34}" width="14" height="14" fill="${COLOURS[index]}"/><text x="${LEFT + index * 86 + 20}" y="${height - 22}">${level}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>What is recommended from 4 to 48 GB</title><rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${LEFT}" y="22" font-size="14">Recommended level by GB of a card with 500 GB/s; 8,192 tokens, 64 GB RAM; pale: in part</text>`,
    ...rows,
    ...axis,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}
