import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { LlamaCppFootprintOracle } from '@plimsoll/adapter-llamacpp';
import { createFootprintModel, presetTypes } from '@plimsoll/domain';
import { writeSparseGguf } from '@plimsoll/testing/gguf';
import { DEVICE_MODELS, deviceCases, hostCases } from './footprint-cases.mjs';
import { MODEL_ZOO, zooSpec } from './model-zoo.mjs';
import { rivalFormulas } from './rival-formulas.mjs';

const BOUNDS = { totalMedian: 0.005, totalWorst: 0.03, partMedian: 0.02, partWorst: 0.1, perSecond: 100_000 };
const GRID_POINTS = 2000;
const GRID_MS = 50;

/**
 * Writes header-only files of published models, asks the engine what they would take without allocating, and holds the
 * closed form and its rivals against the answer. Options: `models` (ids; all by default), `device` (false leaves the
 * software device out), `log` (a line per model; standard error by default).
 */
export async function bench({ models, device = true, log = toStderr } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-footprint-'));
  const oracle = new LlamaCppFootprintOracle({ flavor: 'cpu' });
  const software = device ? await softwareDevice(folder, log) : null;
  const inspector = new FileModelInspector();
  const rivals = rivalFormulas();
  const results = [];
  try {
    for (const model of MODEL_ZOO.filter(({ id }) => models === undefined || models.includes(id))) {
      const files = await writeLevels(folder, model, inspector);
      const footprints = createFootprintModel(files.get('F16').header);
      const { architecture } = footprints;
      const host = hostCases(architecture.contextTokens);
      const onDevice =
        software !== null && DEVICE_MODELS.includes(model.id)
          ? deviceCases(architecture.contextTokens, architecture)
          : [];
      const found = [];
      for (const [engine, cases] of [
        [oracle, host],
        [software, onDevice],
      ]) {
        for (const { level, shape } of cases) {
          const file = files.get(level);
          const exact = await engine.measure(file.path, shape);
          const ours = footprints.footprint(level, shape);
          const predicted = {};
          for (const [name, formula] of Object.entries(rivals)) predicted[name] = await formula({ ...file, shape });
          found.push({
            parameters: architecture.parameters,
            model: model.id,
            level,
            shape,
            ...compare(ours, exact),
            rivals: errors(predicted, exact),
          });
        }
      }
      results.push(...found);
      log(summaryLine(model.id, found));
    }
    return [...accuracyRows(results, Object.keys(rivals)), ...speedRows(await speedModel(folder, inspector))];
  } finally {
    await oracle.close();
    await software?.close();
    await rm(folder, { recursive: true });
  }
}

const toStderr = (line) => process.stderr.write(`${line}\n`);

/** The engine on Mesa's software Vulkan device, or null where there is none. */
async function softwareDevice(folder, log) {
  const software = new LlamaCppFootprintOracle({ flavor: 'vulkan', environment: { GGML_VK_VISIBLE_DEVICES: '0' } });
  const path = join(folder, 'probe.gguf');
  await writeSparseGguf(path, zooSpec(MODEL_ZOO[0]));
  const [{ shape }] = deviceCases(256, { layers: 6, layerShapes: [{ heads: 8 }] });
  try {
    await software.measure(path, shape);
    return software;
  } catch (error) {
    log(`no Vulkan device, so no cases with one: ${error.message}`);
    await software.close();
    return null;
  }
}

/** One file per level; bytes of quantized ones from the presets. */
async function writeLevels(folder, model, inspector) {
  const full = zooSpec(model);
  const files = new Map();
  for (const level of ['F16', 'Q8_0', 'Q4_K_M']) {
    const path = join(folder, `${model.id}-${level}.gguf`);
    const types = level === 'F16' ? null : presetTypes(files.get('F16').header, level);
    const tensors = full.tensors.map((tensor, index) => ({
      ...tensor,
      type: types === null ? tensor.type : types.tensors[index].type,
    }));
    await writeSparseGguf(path, { metadata: full.metadata, tensors });
    const { header } = await inspector.inspect({ kind: 'file', path });
    const bits = types?.bitsPerWeight ?? presetTypes(header, 'F16').bitsPerWeight;
    files.set(level, { path, header, bitsPerWeight: bits });
  }
  return files;
}

const PARTS = ['weightsBytes', 'kvCacheBytes', 'recurrentStateBytes', 'computeBytes'];
const places = ({ devices, host }) => [...devices, host];
const sum = (footprint, ...parts) =>
  places(footprint).reduce((total, use) => total + parts.reduce((bytes, part) => bytes + use[part], 0), 0);
const relative = (value, exact) => (exact === 0 ? (value === 0 ? 0 : Infinity) : Math.abs(value - exact) / exact);

function compare(ours, exact) {
  const scratch = PARTS.slice(1);
  const isExact = places(exact).every((use, index) => {
    const mine = places(ours)[index];
    const state = (memory) => memory.kvCacheBytes + memory.recurrentStateBytes;
    return use.weightsBytes === mine.weightsBytes && state(use) === state(mine);
  });
  return {
    total: relative(ours.totalBytes, exact.totalBytes),
    part: relative(sum(ours, ...scratch), sum(exact, ...scratch)),
    isExact,
  };
}

const errors = (predicted, exact) =>
  Object.fromEntries(Object.entries(predicted).map(([name, bytes]) => [name, relative(bytes, exact.totalBytes)]));

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const worst = (values) => Math.max(...values);
const percent = (value) => `${(100 * value).toFixed(2)} %`;

function summaryLine(id, found) {
  const total = found.map((result) => result.total);
  const part = found.map((result) => result.part);
  const inexact = found.filter(({ isExact }) => !isExact).length;
  return (
    `${id.padEnd(22)} ${String(found.length).padStart(3)} cases  total ${percent(median(total))} / ${percent(worst(total))}` +
    `  cache + compute ${percent(median(part))} / ${percent(worst(part))}` +
    (inexact === 0 ? '' : `  ${String(inexact)} with inexact weights or cache`)
  );
}

function accuracyRows(results, rivalNames) {
  const total = results.map((result) => result.total);
  const part = results.map((result) => result.part);
  const inexact = results.filter(({ isExact }) => !isExact).length;
  const [reference] = rivalNames;
  // Half a gigabyte for everything is no fair guess for the sample model's 12 MB.
  const fair = results.filter(({ parameters }) => parameters > 1e8);
  const of = (name, statistic) => statistic((fair.length > 0 ? fair : results).map(({ rivals }) => rivals[name]));
  const row = (name, ours, bound, peerName, peer) => ({
    name,
    // Times nearer than the rival; there is no such number for an error of nothing.
    ratio: peer === null || ours === 0 ? null : peer / ours,
    ours,
    peer,
    unit: 'share of the engine’s bytes',
    peerName,
    bound: `≤ ${bound}`,
    passed: ours <= bound,
  });
  return [
    row('error of the total, median', median(total), BOUNDS.totalMedian, reference, of(reference, median)),
    row('error of the total, worst', worst(total), BOUNDS.totalWorst, reference, of(reference, worst)),
    row('error of cache + compute, median', median(part), BOUNDS.partMedian, null, null),
    row('error of cache + compute, worst', worst(part), BOUNDS.partWorst, null, null),
    {
      ...row('cases with weights or cache not exact to the byte', inexact, 0, null, null),
      unit: `of ${String(results.length)} cases`,
    },
    ...rivalNames.slice(1).flatMap((name) =>
      [
        ['median', median],
        ['worst', worst],
      ].map(([label, statistic]) => ({
        ...row(`error of the total, ${label}`, statistic(total), Infinity, name, of(name, statistic)),
        bound: null,
        passed: null,
      })),
    ),
  ];
}

async function speedModel(folder, inspector) {
  const files = await writeLevels(
    folder,
    MODEL_ZOO.find(({ id }) => id === 'llama-3.1-8b'),
    inspector,
  );
  return createFootprintModel(files.get('F16').header);
}

/** Footprints per second over a grid of shapes that are all different, and the time of one grid. */
function speedRows(model) {
  const levels = ['F16', 'Q8_0', 'Q4_K_M'];
  for (const level of levels) model.footprint(level, gridShape(0));
  const run = (count, offset) => {
    const started = performance.now();
    let bytes = 0;
    for (let i = 0; i < count; i++) bytes += model.footprint(levels[i % 3], gridShape(i + offset)).totalBytes;
    if (!Number.isFinite(bytes)) throw new Error('a footprint is no number');
    return performance.now() - started;
  };
  const grid = median(Array.from({ length: 7 }, (_, round) => run(GRID_POINTS, round)));
  const count = 200_000;
  const perSecond = (count * 1000) / run(count, 2);
  const row = { peer: null, peerName: null };
  return [
    {
      ...row,
      name: 'footprints per second, one core',
      ratio: perSecond / BOUNDS.perSecond,
      ours: Math.round(perSecond),
      unit: '1/s',
      bound: `≥ ${BOUNDS.perSecond}`,
      passed: perSecond >= BOUNDS.perSecond,
    },
    {
      ...row,
      name: `footprints of ${GRID_POINTS} operating points, median of 7 grids`,
      ratio: GRID_MS / grid,
      ours: grid,
      unit: 'ms',
      bound: `≤ ${GRID_MS}`,
      passed: grid <= GRID_MS,
    },
  ];
}

function gridShape(index) {
  return {
    contextTokens: 256 * (1 + (index % 512)),
    parallel: 1 + (index % 4),
    microBatchTokens: 512,
    keyCacheType: index % 2 === 0 ? 'f16' : 'q8_0',
    valueCacheType: 'f16',
    flashAttention: index % 5 === 0 ? 'off' : 'on',
    placement: { gpuLayers: index % 34, split: [1], expertsOnHost: false },
  };
}
