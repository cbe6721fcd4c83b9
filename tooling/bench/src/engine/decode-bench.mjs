import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { LlamaCppRuntime, LlamaCppVariantBuilder } from '@plimsoll/adapter-llamacpp';
import { sampleModelPath } from '@plimsoll/sample-model';
import { writeGeneratedModel } from '../quality/generated-model.mjs';
import { pairedRow } from './paired-rounds.mjs';
import { llamaBench, llamaBenches } from './peer.mjs';

const PROMPT_TOKENS = 128;
const GENERATED_TOKENS = 64;
const CONTEXT = 4608;
/** About 0.3 billion weights. */
const GENERATED = { layers: 20, width: 1024, feedForward: 3072, contextTokens: CONTEXT };
const DECODE_BOUNDS = { sample: 0.8, generated: 0.95 };
const PREFILL_BOUND = 0.95;
const PREFILLS = [512, 4096];
/** llama-bench repeats itself as well; the engine tries numbers of threads besides, for which some of ours pay. */
const TRIES = 4;
/** Long prompts take seconds each. */
const triesOf = (tokens) => (tokens > 1024 ? 2 : TRIES);

/**
 * One answer of the embedded engine against llama-bench on the same libraries: decoding at its best and of the first
 * answer after loading, and reading a prompt. llama-bench decodes behind as many tokens as our prompt has, and draws
 * none from what it computes; it reads a prompt of as many tokens as ours has. Both take turns, the best try of each in a
 * round counts, and of the rounds the one in the middle: the machine is faster and slower by a fifth within minutes, so
 * that only what was measured side by side can be compared. Without `threads` the engine chooses for itself, and
 * llama-bench's best over one and all counts.
 */
export async function* bench({ rounds = 5, levels = ['F16', 'Q8_0', 'Q4_K_M'], prefills = PREFILLS, threads } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-bench-'));
  const builder = new LlamaCppVariantBuilder({ modelsFolder: folder });
  const runtime = new LlamaCppRuntime({ modelsFolder: folder });
  try {
    const large = path.join(folder, 'large-f16.gguf');
    await writeGeneratedModel(large, { tokenizerOf: sampleModelPath(), ...GENERATED });
    const made = async (source, level) =>
      level === 'F16' ? source : (await builder.build({ source, target: level, level })).path;
    const subjects = [...levels.map((level) => ['sample', sampleModelPath(), level]), ['generated', large, 'Q4_K_M']];
    for (const [name, source, level] of subjects) {
      const model = await made(source, level);
      const run = { runtime, model, rounds, threads, name: `${name} model at ${level}` };
      yield* decoding(run, DECODE_BOUNDS[name]);
      for (const tokens of prefills) yield await prefill(run, tokens);
      await runtime.unload(model);
      if (name === 'generated' || level !== 'F16') await rm(model);
    }
  } finally {
    await Promise.all([builder.close(), runtime.close()]);
    await rm(folder, { recursive: true });
  }
}

const peerOf = () => {
  const { shipped, own } = llamaBenches();
  return { program: shipped ?? own, peerName: shipped === null ? 'llama-bench' : 'llama-bench on the same libraries' };
};

/** Threads for both sides; llama-bench tries one and all where the engine may choose. */
const threadsOf = (threads) => (threads === undefined ? [...new Set([1, availableParallelism()])] : [threads]);

async function* decoding({ runtime, model, rounds, threads, name }, bound) {
  const { program, peerName } = peerOf();
  const setting = {
    model,
    prompt: 0,
    generate: GENERATED_TOKENS,
    depth: PROMPT_TOKENS - 1,
    repeats: TRIES,
    fastest: true,
  };
  const taken = { later: [], first: [] };
  for (let round = 0; round < rounds; round++) {
    await runtime.unload(model);
    await runtime.load(model, { contextTokens: CONTEXT, threads });
    const [first, ...later] = await answers(TRIES + 1, runtime, model, PROMPT_TOKENS, GENERATED_TOKENS + 1);
    const peer = llamaBench(program, { ...setting, threads: threadsOf(threads) }).decode;
    taken.first.push({ ours: first.decode, peer });
    taken.later.push({ ours: Math.max(...later.map(({ decode }) => decode)), peer });
  }
  yield pairedRow({ name: `decode, ${name}`, rounds: taken.later, peerName, bound });
  yield pairedRow({ name: `decode of the first answer, ${name}`, rounds: taken.first, peerName, bound });
}

async function prefill({ runtime, model, rounds, threads, name }, tokens) {
  const { program, peerName } = peerOf();
  const taken = [];
  for (let round = 0; round < rounds; round++) {
    const ours = await answers(triesOf(tokens), runtime, model, tokens, 1);
    const setting = { model, prompt: ours[0].read, generate: 0, repeats: triesOf(tokens), fastest: true };
    const peer = llamaBench(program, { ...setting, threads: threadsOf(threads) }).prefill;
    taken.push({ ours: Math.max(...ours.map((one) => one.prefill)), peer });
  }
  return pairedRow({ name: `prefill of ${tokens}, ${name}`, rounds: taken, peerName, bound: PREFILL_BOUND });
}

async function answers(count, ...question) {
  const all = [];
  for (let i = 0; i < count; i++) all.push(await answer(...question));
  return all;
}

let asked = 1000;

/**
 * Speeds of one answer to a prompt of about `tokens`, which begins like none before: nothing of it is known already.
 * The first token comes out of the prompt; only the others take a step each, and steps are what llama-bench counts.
 */
async function answer(runtime, model, tokens, maxTokens) {
  asked += 1;
  const beginning = `${asked} `;
  // Six tokens a time.
  const prompt = beginning + 'Once upon a time there was '.repeat(Math.floor((tokens - 4) / 6));
  const input = { kind: 'prompt', raw: true, prompt };
  for await (const event of runtime.generate({ model, input, temperature: 0, seed: 1, maxTokens })) {
    if (event.type !== 'done') continue;
    const { promptTokens, cachedPromptTokens, prefillMs, generatedTokens, decodeMs } = event.timings;
    const read = promptTokens - (cachedPromptTokens ?? 0);
    if (generatedTokens < maxTokens)
      throw new Error(`The answer ended after ${generatedTokens} of ${maxTokens} tokens.`);
    return { read, prefill: (read / prefillMs) * 1000, decode: ((generatedTokens - 1) / decodeMs) * 1000 };
  }
  throw new Error('the generation had no end');
}
