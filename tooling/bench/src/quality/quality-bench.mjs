import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { LlamaCppVariantBuilder } from '@plimsoll/adapter-llamacpp';
import { sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';
import { writeGeneratedModel } from './generated-model.mjs';
import { ourQuality, tokenize } from './our-quality.mjs';
import { divergence, keepReference } from './perplexity-peer.mjs';
import { childProcessorMs } from './processor-time.mjs';

const AGREEMENT = 0.01;
const SPEED_BOUND = 0.8;
const MEMORY_BOUND = 1.1;
const FIGURES = ['meanKld', 'perplexityRatio', 'sameTopToken', 'rmsDeltaP'];
const WINDOW = 256;

/** Width and depth of the generated model: 74 million parameters, ten times what the sample model computes. */
const GENERATED = { layers: 10, width: 768, feedForward: 2048 };

/**
 * Quality figures and the speed of evaluating against llama-perplexity on the same files and the same text. Both
 * evaluate the reference and the candidate; each side's whole time counts, loading included, and its best round.
 * Processor time stands beside it: on a busy machine it says more.
 */
export async function bench({
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
    const rows = [];
    for (const subject of subjects) {
      for (const level of levels) rows.push(...(await compare({ ...subject, level, folder, rounds, threads })));
    }
    rows.push(...(await memory(folder, tokens)));
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare({ title, reference, text, tokens, level, folder, rounds, threads }) {
  const candidate = await make(folder, reference, level);
  const file = path.join(folder, 'log-probabilities');
  const setting = { window: WINDOW, threads };
  const times = { ours: [], peer: [] };
  let ours;
  let theirs;
  for (let round = 0; round < rounds; round += 1) {
    const peer = await timed(async () => {
      const base = await keepReference({ model: reference, text, file, ...setting });
      theirs = await divergence({ model: candidate, file, ...setting });
      return base.ms + theirs.ms;
    });
    times.peer.push(peer);
    const our = await timed(async () => {
      ours = await ourQuality({ reference, candidate, tokens, ...setting });
      return ours.ms;
    });
    times.ours.push(our);
  }
  await rm(candidate);
  const name = `${title} at ${level}`;
  return [...FIGURES.map((figure) => agreement(name, figure, ours.quality, theirs)), speed(name, tokens, times)];
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

function speed(name, tokens, { ours, peer }) {
  const evaluated = 2 * Math.floor(tokens.length / WINDOW) * WINDOW;
  const best = (runs, kind) => Math.min(...runs.map((run) => run[kind]));
  const rate = (runs) => (evaluated / best(runs, 'ms')) * 1000;
  const ratio = rate(ours) / rate(peer);
  return {
    name: `evaluation, ${name}`,
    ratio,
    ours: rate(ours),
    peer: rate(peer),
    unit: 'tokens/s, reference and candidate',
    peerName: 'llama-perplexity --kl-divergence',
    bound: SPEED_BOUND,
    passed: ratio >= SPEED_BOUND,
    processorTimeRatio: best(peer, 'processorMs') / best(ours, 'processorMs'),
  };
}

/** Peak memory of the scoring process over the text, and over the text four times. */
async function memory(folder, tokens) {
  if (process.platform !== 'linux') return [];
  const candidate = await make(folder, sampleModelPath(), 'Q4_K_M');
  const once = tokens.slice(0, tokens.length >> 2);
  const peak = async (piece) => {
    const setting = { window: WINDOW, threads: 1, watchMemory: true };
    return (await ourQuality({ reference: sampleModelPath(), candidate, tokens: piece, ...setting })).peakBytes;
  };
  const short = await peak(once);
  const long = await peak(tokens);
  const ratio = long / short;
  return [
    {
      name: `memory of scoring, ${tokens.length} tokens against ${once.length}`,
      ratio,
      ours: long,
      peer: short,
      unit: 'bytes resident at most',
      peerName: 'the same on a quarter of the text',
      bound: MEMORY_BOUND,
      passed: ratio <= MEMORY_BOUND,
    },
  ];
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
