import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { LlamaCppRuntime, LlamaCppVariantBuilder } from '@plimsoll/adapter-llamacpp';
import { sampleModelPath } from '@plimsoll/sample-model';
import { writeGeneratedModel } from '../quality/generated-model.mjs';
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

/**
 * One answer of the embedded engine against llama-bench on the same libraries: decoding at its best and of the first
 * answer after loading, and reading a prompt. llama-bench decodes behind as many tokens as our prompt has, and draws
 * none from what it computes. Both take turns, and the best round of each counts: other load on the machine then hits
 * none alone. Without `threads` the engine chooses for itself, and llama-bench's best over one and all counts.
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
  const best = { first: 0, later: 0, peer: 0 };
  for (let round = 0; round < rounds; round++) {
    await runtime.unload(model);
    await runtime.load(model, { contextTokens: CONTEXT, threads });
    best.first = Math.max(best.first, (await answer(runtime, model, PROMPT_TOKENS, GENERATED_TOKENS + 1)).decode);
    for (let i = 0; i < TRIES; i++) {
      best.later = Math.max(best.later, (await answer(runtime, model, PROMPT_TOKENS, GENERATED_TOKENS + 1)).decode);
    }
    best.peer = Math.max(best.peer, llamaBench(program, { ...setting, threads: threadsOf(threads) }).decode);
  }
  for (const [which, ours] of [
    ['decode', best.later],
    ['decode of the first answer', best.first],
  ]) {
    yield row({ name: `${which}, ${name}`, ours, peer: best.peer, peerName, bound });
  }
}

async function prefill({ runtime, model, rounds, threads, name }, tokens) {
  const { program, peerName } = peerOf();
  const setting = { model, prompt: tokens, generate: 0, repeats: TRIES, fastest: true };
  const best = { ours: 0, peer: 0 };
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < TRIES; i++) best.ours = Math.max(best.ours, (await answer(runtime, model, tokens, 1)).prefill);
    best.peer = Math.max(best.peer, llamaBench(program, { ...setting, threads: threadsOf(threads) }).prefill);
  }
  return row({
    name: `prefill of ${tokens}, ${name}`,
    ours: best.ours,
    peer: best.peer,
    peerName,
    bound: PREFILL_BOUND,
  });
}

function row({ name, ours, peer, peerName, bound }) {
  const ratio = ours / peer;
  return { name, ratio, ours, peer, unit: 'tokens/s', peerName, bound: `≥ ${bound}`, passed: ratio >= bound };
}

let asked = 0;

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
    return { prefill: (read / prefillMs) * 1000, decode: ((generatedTokens - 1) / decodeMs) * 1000 };
  }
  throw new Error('the generation had no end');
}
