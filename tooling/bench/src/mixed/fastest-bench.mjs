import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { LlamaCppVariantBuilder, measureTypeSpeeds } from '@plimsoll/adapter-llamacpp';
import { MIX_TYPES } from '@plimsoll/application';
import { multipliedWeights, tokenSeconds } from '@plimsoll/domain';
import { sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';
import { llamaBench, llamaBenches } from '../engine/peer.mjs';
import { writeGeneratedModel } from '../quality/generated-model.mjs';

const PRESET = 'Q4_K_M';
const LEVELS = ['Q8_0', 'Q6_K', 'Q5_K_S', PRESET, 'IQ4_XS', 'Q3_K_S', 'Q2_K'];
/** 82 million weights: more than caches of processors hold. */
const GENERATED = { layers: 6, width: 1024, feedForward: 3072 };

/**
 * Tokens per second as they are predicted from timing single types, against llama-bench on the same libraries: presets
 * of a model of random weights, and of the sample model the fastest recipe that loses no more than a preset, beside it.
 * The fastest four tokens of each count, for other work on the machine makes none faster.
 */
export async function* bench({ rounds = 3, levels = LEVELS } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-fastest-'));
  const builder = new LlamaCppVariantBuilder({ modelsFolder: folder });
  try {
    const source = path.join(folder, 'generated-F16.gguf');
    await writeGeneratedModel(source, { tokenizerOf: sampleModelPath(), ...GENERATED });
    const speeds = await typeSpeedsFor(source, folder);
    for (const level of levels) {
      const file = (await builder.build({ source, target: level, level })).path;
      yield row(`generated model at ${level}`, await predicted(file, speeds), measured([file], rounds)[0]);
      await rm(file);
    }
    yield* await recipeRows(folder, builder, rounds);
  } finally {
    await builder.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What `--fastest` makes of the sample model, and the preset that bounds its loss. */
async function recipeRows(folder, builder, rounds) {
  const source = path.join(folder, 'sample-F16.gguf');
  await copyFile(sampleModelPath(), source);
  const goal = ['--fastest', '--better-than', PRESET, '--text', sampleCorpusPath(), '--yes', '--json'];
  const { path: made, mixed } = JSON.parse(plimsoll(folder, ['quantize', source, ...goal]));
  const { path: preset } = await builder.build({ source, target: `sample-${PRESET}`, level: PRESET });
  const [recipeSpeed, presetSpeed] = measured([made, preset], rounds);
  const losses = { kept: mixed.kept, loss: mixed.loss, presetLoss: mixed.preset?.loss };
  return [
    { ...row('sample model, fastest recipe', mixed.speed.tokensPerSecond, recipeSpeed), ...losses },
    row(`sample model at ${mixed.preset?.level}`, mixed.speed.presetTokensPerSecond, presetSpeed),
  ];
}

const row = (name, foretold, seen) => ({
  name,
  ratio: foretold / seen,
  ours: foretold,
  peer: seen,
  unit: 'tokens/s, predicted and seen',
  peerName: 'llama-bench',
});

async function typeSpeedsFor(file, folder) {
  const { header } = await new FileModelInspector().inspect({ kind: 'file', path: file });
  const weights = [...multipliedWeights(header).values()].reduce((sum, one) => sum + one, 0);
  const found = await measureTypeSpeeds({ types: ['F16', ...MIX_TYPES], weights, folder });
  const { F16 } = found.secondsPerWeight;
  return { ...found, secondsPerWeight: { ...found.secondsPerWeight, F32: 2 * F16 } };
}

async function predicted(file, speeds) {
  const { header } = await new FileModelInspector().inspect({ kind: 'file', path: file });
  return 1 / tokenSeconds(header, header.tensors, speeds);
}

/** Tokens per second of each file; they take turns. */
function measured(files, rounds) {
  const { shipped, own } = llamaBenches();
  const best = files.map(() => 0);
  const threads = [...new Set([1, availableParallelism()])];
  const setting = { prompt: 0, generate: 4, threads, repeats: 12, fastest: true };
  for (let round = 0; round < rounds; round += 1) {
    files.forEach((model, i) => {
      best[i] = Math.max(best[i], llamaBench(shipped ?? own, { ...setting, model }).decode);
    });
  }
  return best;
}

/** Runs the built command line with caches of its own. */
function plimsoll(folder, args) {
  const package_ = createRequire(import.meta.url).resolve('plimsoll/package.json');
  const bin = path.join(path.dirname(package_), 'bin', 'plimsoll.js');
  const home = { XDG_CACHE_HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, LOCALAPPDATA: folder };
  const options = { env: { ...process.env, ...home }, maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'inherit'] };
  return execFileSync(process.execPath, [bin, ...args, '--backend', 'embedded'], options).toString();
}
