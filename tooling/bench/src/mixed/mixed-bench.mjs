import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { LlamaCppVariantBuilder } from '@plimsoll/adapter-llamacpp';
import { parseRecipeLines } from '@plimsoll/domain';
import { sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';
import { divergence, keepReference, perplexityPeers } from '../quality/perplexity-peer.mjs';
import { headerOf, weightedErrorRecipes } from './weighted-error.mjs';

const WINDOW = 256;
/** Least reduction of the mean KL divergence against the preset with the same importance matrix. */
const GOALS = {
  Q2_K: 0.5,
  Q3_K_S: 0.38,
  Q3_K_M: 0.38,
  IQ4_XS: 0.12,
  Q4_K_S: 0.2,
  Q4_K_M: 0.3,
  Q5_K_M: 0.1,
  Q6_K: 0.18,
};
const RIVAL_TYPES = ['Q2_K', 'IQ3_XXS', 'Q3_K', 'IQ4_XS', 'Q4_K', 'Q5_K', 'Q6_K', 'Q8_0'];

/**
 * `plimsoll quantize --better-than` of each preset on a model, against the preset with the same importance matrix, the
 * preset without, and an allocation by weighted squared error within the same bytes. The matrix is of the first part
 * of the corpus, choices are made on the second, and llama-perplexity judges on the third.
 */
export async function* bench({ model = sampleModelPath(), goals = GOALS, threads = availableParallelism() } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-mixed-'));
  const builder = new LlamaCppVariantBuilder({ modelsFolder: folder });
  try {
    const source = path.join(folder, 'sample-f16.gguf');
    await writeFile(source, await readFile(model));
    const [calibration, selection, judging] = await partsOfCorpus(folder);
    const matrix = path.join(folder, 'imatrix.gguf');
    plimsoll(folder, ['imatrix', source, '--text', calibration, '--out', matrix]);
    const build = async (name, level, overrides = [], importanceMatrix = matrix) => {
      const target = path.join(folder, `${name}.gguf`);
      return (
        await builder.build({ source, target, level, overrides, importanceMatrix: importanceMatrix ?? undefined })
      ).path;
    };
    const peer = perplexityPeers().own;
    const setting = { window: WINDOW, threads, file: path.join(folder, 'log-probabilities') };
    await keepReference(peer, { model: source, text: judging, ...setting });
    const judged = async (file) => {
      const { meanKld } = await divergence(peer, { model: file, ...setting });
      const { size } = await stat(file);
      await rm(file);
      return { ...meanKld, bytes: size };
    };
    const rivalRecipe = await weightedErrorRecipes({ source, matrix, types: RIVAL_TYPES, folder });
    for (const level of Object.keys(goals)) {
      const recipe = path.join(folder, `${level}.recipe`);
      const goal = ['--better-than', level, '--recipe', recipe, '--dry-run', '--text', selection, '--imatrix', matrix];
      const startedMs = performance.now();
      const { mixed } = JSON.parse(plimsoll(folder, ['quantize', source, ...goal, '--backend', 'embedded', '--json']));
      const ms = performance.now() - startedMs;
      const lines = (await readFile(recipe, 'utf8')).replace(/^#.*$/gm, '');
      const presetFile = await build(level, level);
      const choosable = await matrixBytes(presetFile);
      const preset = await judged(presetFile);
      const ours = await judged(await build(`${level}-mixed`, level, parseRecipeLines(lines)));
      const plain = await judged(await build(`${level}-plain`, level, [], null));
      const rival = await judged(await build(`${level}-rival`, level, rivalRecipe(choosable)));
      const row = (name, one, bound) => ({
        name: `${name}, at the bytes of ${level}`,
        ratio: one.value / preset.value,
        ours: one.value,
        peer: preset.value,
        unit: 'mean KL divergence in nats',
        peerName: `${level} with the same importance matrix`,
        reduction: 1 - one.value / preset.value,
        standardErrors: { ours: one.standardError, peer: preset.standardError },
        bytes: { ours: one.bytes, peer: preset.bytes },
        bound,
        passed: bound === null ? undefined : 1 - one.value / preset.value >= bound && one.bytes <= preset.bytes,
      });
      yield { ...row('measured sensitivity', ours, goals[level]), evaluations: mixed.evaluations, ms };
      yield row('preset without a matrix', plain, null);
      yield row('weighted squared error (rival)', rival, null);
    }
  } finally {
    await builder.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** For calibration, selection and judgement; the parts share no line. */
async function partsOfCorpus(folder) {
  const text = await readFile(sampleCorpusPath(), 'utf8');
  const cut = (share) => text.indexOf('\n', Math.floor(text.length * share)) + 1;
  const ends = [0, cut(0.3), cut(0.62), text.length];
  const parts = [];
  for (const i of [0, 1, 2]) {
    const file = path.join(folder, `part-${i}.txt`);
    await writeFile(file, text.slice(ends[i], ends[i + 1]));
    parts.push(file);
  }
  return parts;
}

/** Bytes of the tensors that a recipe chooses types for. */
async function matrixBytes(file) {
  const { tensors } = await headerOf(file);
  return tensors.reduce((sum, { shape, bytes }) => sum + (shape.length > 1 ? bytes : 0), 0);
}

/** Runs the built command line with caches of its own. */
function plimsoll(folder, args) {
  const package_ = createRequire(import.meta.url).resolve('plimsoll/package.json');
  const bin = path.join(path.dirname(package_), 'bin', 'plimsoll.js');
  const home = { XDG_CACHE_HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, LOCALAPPDATA: folder };
  const options = { env: { ...process.env, ...home }, maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'inherit'] };
  return execFileSync(process.execPath, [bin, ...args], options).toString();
}
