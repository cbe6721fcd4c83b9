import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { LlamaCppFootprintOracle } from '@plimsoll/adapter-llamacpp';
import { createFootprintModel, presetTypes } from '@plimsoll/domain';
import { writeSparseGguf } from '@plimsoll/testing/gguf';
import { DEVICE_MODELS, deviceCases, hostCases, isSample } from './footprint-cases.mjs';
import { speedRows } from './footprint-speed.mjs';
import { MODEL_ZOO, zooSpec } from './model-zoo.mjs';
import { rivalFormulas } from './rival-formulas.mjs';

const BOUNDS = { totalMedian: 0.005, totalWorst: 0.03, partMedian: 0.02, partWorst: 0.1 };

/**
 * Writes header-only files of published models, asks the engine what they would take without allocating, and holds the
 * closed form and its rivals against the answer. Options: `models` (ids; all by default), `device` (false leaves the
 * software device out), `log` (a line per model; standard error by default).
 */
export async function bench({ models, device = true, log = toStderr } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-footprint-'));
  const software = device ? await softwareDevice(folder, log) : null;
  const modes = ['last', 'every'].map((outputs) => ({
    outputs,
    onHost: new LlamaCppFootprintOracle({ flavor: 'cpu', outputs }),
    onDevice: software === null ? null : new LlamaCppFootprintOracle({ ...software, outputs }),
  }));
  const inspector = new FileModelInspector();
  const rivals = rivalFormulas();
  const results = { last: [], every: [] };
  try {
    for (const model of MODEL_ZOO.filter(({ id }) => models === undefined || models.includes(id))) {
      const files = await writeLevels(folder, model, inspector);
      for (const { outputs, onHost, onDevice } of modes) {
        const footprints = createFootprintModel(files.get('F16').header, { outputs });
        const { architecture } = footprints;
        const withDevice = onDevice !== null && DEVICE_MODELS.includes(model.id);
        const found = [];
        for (const [engine, all] of [
          [onHost, hostCases(architecture.contextTokens)],
          [onDevice, withDevice ? deviceCases(architecture.contextTokens, architecture) : []],
        ]) {
          for (const { level, shape } of outputs === 'last' ? all : all.filter(isSample)) {
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
        results[outputs].push(...found);
        log(summaryLine(outputs === 'last' ? model.id : '  every logit', found));
      }
    }
    return [
      ...accuracyRows(results.last, Object.keys(rivals)),
      ...boundedRows(results.every, 'with every logit: '),
      ...speedRows(await speedModel(folder, inspector)),
    ];
  } finally {
    await Promise.all(
      modes.flatMap(({ onHost, onDevice }) => [onHost, onDevice]).map(async (engine) => engine?.close()),
    );
    await rm(folder, { recursive: true });
  }
}

const toStderr = (line) => process.stderr.write(`${line}\n`);

/** Options of the engine on Mesa's software Vulkan device, or null where there is none. */
async function softwareDevice(folder, log) {
  const options = { flavor: 'vulkan', environment: { GGML_VK_VISIBLE_DEVICES: '0' } };
  const software = new LlamaCppFootprintOracle(options);
  const path = join(folder, 'probe.gguf');
  await writeSparseGguf(path, zooSpec(MODEL_ZOO[0]));
  const [{ shape }] = deviceCases(256, { layers: 6, layerShapes: [{ heads: 8 }] });
  try {
    await software.measure(path, shape);
    return options;
  } catch (error) {
    log(`no Vulkan device, so no cases with one: ${error.message}`);
    return null;
  } finally {
    await software.close();
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

/** Errors of the closed form, each with its bound. */
function boundedRows(results, prefix = '') {
  const total = results.map((result) => result.total);
  const part = results.map((result) => result.part);
  const inexact = results.filter(({ isExact }) => !isExact).length;
  return [
    boundedRow(`${prefix}error of the total, median`, median(total), BOUNDS.totalMedian),
    boundedRow(`${prefix}error of the total, worst`, worst(total), BOUNDS.totalWorst),
    boundedRow(`${prefix}error of cache + compute, median`, median(part), BOUNDS.partMedian),
    boundedRow(`${prefix}error of cache + compute, worst`, worst(part), BOUNDS.partWorst),
    {
      ...boundedRow(`${prefix}cases with weights or cache not exact to the byte`, inexact, 0),
      unit: `of ${String(results.length)} cases`,
    },
  ];
}

const boundedRow = (name, ours, bound) => ({
  name,
  ratio: null,
  ours,
  peer: null,
  unit: 'share of the engine’s bytes',
  peerName: null,
  bound: `≤ ${bound}`,
  passed: ours <= bound,
});

/** The same, held against what rivals answer for what an engine takes that generates. */
function accuracyRows(results, rivalNames) {
  // Half a gigabyte for everything is no fair guess for the sample model's 12 MB.
  const fair = results.filter(({ parameters }) => parameters > 1e8);
  const of = (name, statistic) => statistic((fair.length > 0 ? fair : results).map(({ rivals }) => rivals[name]));
  // Times nearer than the rival; there is no such number for an error of nothing.
  const against = (row, peerName, statistic) => {
    const peer = of(peerName, statistic);
    return { ...row, ratio: row.ours === 0 ? null : peer / row.ours, peer, peerName };
  };
  const [totalMedian, totalWorst, ...rest] = boundedRows(results);
  const [reference, ...others] = rivalNames;
  return [
    against(totalMedian, reference, median),
    against(totalWorst, reference, worst),
    ...rest,
    ...others.flatMap((name) =>
      [
        [totalMedian, median],
        [totalWorst, worst],
      ].map(([row, statistic]) => ({ ...against(row, name, statistic), bound: null, passed: null })),
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
