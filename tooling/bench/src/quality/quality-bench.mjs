import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { LlamaCppVariantBuilder } from '@plimsoll/adapter-llamacpp';
import { sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';
import { writeGeneratedModel } from './generated-model.mjs';
import { ourQuality, tokenize } from './our-quality.mjs';
import { divergence, keepReference, perplexityPeers } from './perplexity-peer.mjs';
import { childProcessorMs } from './processor-time.mjs';

const AGREEMENT = 0.01;
const SPEED_BOUND = 0.8;
const MEMORY_BOUND = 1.1;
const FIGURES = ['meanKld', 'perplexityRatio', 'sameTopToken', 'rmsDeltaP'];
const WINDOW = 256;

/** Width and depth of the generated model: 74 million parameters, ten times what the sample model computes. */
const GENERATED = { layers: 10, width: 768, feedForward: 2048 };

/**
 * Quality figures and the speed of evaluating against llama-perplexity on the same files and the same text. Each side
 * evaluates the reference once and every candidate; its whole time counts, loading included, and its best round.
 * The bound on speed holds against llama-perplexity on the same libraries; beside it stands the one with an engine
 * that this machine's compiler made. Processor time stands beside both: on a busy machine it says more.
 */
export async function* bench({
  rounds = 3,
  levels = ['Q8_0', 'Q4_K_M', 'Q4_0', 'Q2_K'],
  threads = availableParallelism(),
  generatedTokens = 2048,
} = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-quality-'));
  try {
    const text = await readFile(sampleCorpusPath(), 'utf8');
    const tokens = await tokenize(sampleModelPath(), text);
    const generated = path.join(folder, 'generated-f16.gguf');
    await writeGeneratedModel(generated, { tokenizerOf: sampleModelPath(), ...GENERATED });
    const short = await shortText(folder, text, generatedTokens);
    const subjects = [
      { title: 'sample model', reference: sampleModelPath(), text: sampleCorpusPath(), tokens },
      { title: 'generated model', reference: generated, text: short, tokens: await tokenizeFile(generated, short) },
    ];
    for (const subject of subjects) yield* compare({ ...subject, levels, folder, rounds, threads });
    yield* memory(folder, tokens);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* compare({ title, reference, text, tokens, levels, folder, rounds, threads }) {
  const candidates = [];
  for (const level of levels) candidates.push(await make(folder, reference, level));
  const setting = { window: WINDOW, threads };
  const times = { ours: [] };
  let ours;
  let theirs;
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, peer] of Object.entries(perplexityPeers())) {
      if (peer === null) continue;
      times[name] ??= [];
      times[name].push(
        await timed(async () => {
          const file = path.join(folder, 'log-probabilities');
          let { ms } = await keepReference(peer, { model: reference, text, file, ...setting });
          theirs = [];
          for (const model of candidates) theirs.push(await divergence(peer, { model, file, ...setting }));
          for (const one of theirs) ms += one.ms;
          return ms;
        }),
      );
    }
    times.ours.push(
      await timed(async () => {
        ours = await ourQuality({ reference, candidates, tokens, ...setting });
        return ours.ms;
      }),
    );
  }
  for (const [i, level] of levels.entries()) {
    for (const figure of FIGURES) yield agreement(`${title} at ${level}`, figure, ours.qualities[i], theirs[i]);
  }
  const evaluated = (1 + levels.length) * Math.floor(tokens.length / WINDOW) * WINDOW;
  yield speed(`${title} and ${levels.length} levels`, evaluated, times);
  await Promise.all(candidates.map((file) => rm(file)));
}

/** Within 1 % of the peer's figure, or within its standard error. */
function agreement(name, figure, ours, theirs) {
  const { value, standardError } = theirs[figure];
  const difference = Math.abs(ours[figure] - value);
  return {
    name: `${figure}, ${name}`,
    ratio: ours[figure] / value,
    ours: ours[figure],
    peer: value,
    unit: figure,
    peerName: 'llama-perplexity --kl-divergence',
    bound: `within 1 % or ${standardError}`,
    passed: difference <= Math.max(AGREEMENT * value, standardError),
    differenceInStandardErrors: standardError === 0 ? null : difference / standardError,
  };
}

function speed(name, evaluated, { ours, shipped, own }) {
  const best = (runs, kind) => Math.min(...runs.map((run) => run[kind]));
  const rate = (runs) => (evaluated / best(runs, 'ms')) * 1000;
  const peer = shipped ?? own;
  const ratio = rate(ours) / rate(peer);
  return {
    name: `evaluation, ${name}`,
    ratio,
    ours: rate(ours),
    peer: rate(peer),
    unit: 'tokens/s, reference and candidates',
    peerName: `llama-perplexity --kl-divergence${shipped === undefined ? '' : ' on the same libraries'}`,
    bound: SPEED_BOUND,
    passed: ratio >= SPEED_BOUND,
    processorTimeRatio: best(peer, 'processorMs') / best(ours, 'processorMs'),
    ownBuild: rate(own),
    ratioToOwnBuild: rate(ours) / rate(own),
  };
}

/** Peak memory of the scoring process over the text, and over the text four times. */
async function* memory(folder, tokens) {
  if (process.platform !== 'linux') return;
  const candidate = await make(folder, sampleModelPath(), 'Q4_K_M');
  const once = tokens.slice(0, tokens.length >> 2);
  const peak = async (piece) => {
    const setting = { window: WINDOW, threads: 1, watchMemory: true };
    return (await ourQuality({ reference: sampleModelPath(), candidates: [candidate], tokens: piece, ...setting }))
      .peakBytes;
  };
  const short = await peak(once);
  const long = await peak(tokens);
  const ratio = long / short;
  yield {
    name: `memory of scoring, ${tokens.length} tokens against ${once.length}`,
    ratio,
    ours: long,
    peer: short,
    unit: 'bytes resident at most',
    peerName: 'the same on a quarter of the text',
    bound: MEMORY_BOUND,
    passed: ratio <= MEMORY_BOUND,
  };
}

async function timed(work) {
  const before = await childProcessorMs();
  const ms = await work();
  const after = await childProcessorMs();
  return { ms, processorMs: before === null || after === null ? NaN : after - before };
}

async function make(folder, source, level) {
  const builder = new LlamaCppVariantBuilder({ modelsFolder: folder });
  try {
    return (await builder.build({ source, target: `candidate-${level}`, level })).path;
  } finally {
    await builder.close();
  }
}

/** A file with the beginning of a text: about so many tokens of four letters. */
async function shortText(folder, text, tokens) {
  const file = path.join(folder, 'short.txt');
  await writeFile(file, text.slice(0, tokens * 4));
  return file;
}

const tokenizeFile = async (model, file) => tokenize(model, await readFile(file, 'utf8'));
