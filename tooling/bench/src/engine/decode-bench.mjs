import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { LlamaCppRuntime, LlamaCppVariantBuilder } from '@plimsoll/adapter-llamacpp';
import { sampleModelPath } from '@plimsoll/sample-model';
import { llamaBench, llamaBenches } from './peer.mjs';

const PROMPT_TOKENS = 128;
const GENERATED_TOKENS = 64;
const BOUNDS = { decode: 0.6, prefill: 0.8 };

/**
 * Decode and prefill of the embedded engine by its default settings against llama-bench's best over one thread
 * and all. They take turns, and the best round of each counts: other load on the machine then hits none alone.
 * The bound holds against llama-bench on the same libraries; beside it stands llama-bench with an engine that this
 * machine's compiler made, whose kernels are others.
 */
export async function bench({ rounds = 5, levels = ['F16', 'Q8_0', 'Q4_K_M'] } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-bench-'));
  const builder = new LlamaCppVariantBuilder({ modelsFolder: folder });
  const runtime = new LlamaCppRuntime({ modelsFolder: folder });
  try {
    const rows = [];
    for (const level of levels) {
      const model = level === 'F16' ? sampleModelPath() : await make(builder, level);
      rows.push(...(await compare(runtime, model, level, rounds)));
      await runtime.unload(model);
    }
    return rows;
  } finally {
    await Promise.all([builder.close(), runtime.close()]);
    await rm(folder, { recursive: true });
  }
}

async function make(builder, level) {
  return (await builder.build({ source: sampleModelPath(), target: level, level })).path;
}

async function compare(runtime, model, level, rounds) {
  const { shipped, own } = llamaBenches();
  const sides = { ours: () => ourSpeeds(runtime, model) };
  const threads = [...new Set([1, availableParallelism()])];
  for (const [name, bench] of Object.entries({ shipped, own })) {
    const setting = { model, prompt: PROMPT_TOKENS, generate: GENERATED_TOKENS, threads, repeats: 3 };
    if (bench !== null) sides[name] = () => llamaBench(bench, setting);
  }
  const best = await bestOfRounds(sides, rounds);
  const peer = best.shipped ?? best.own;
  return ['decode', 'prefill'].map((kind) => {
    const ratio = best.ours[kind] / peer[kind];
    return {
      name: `${kind}, sample model at ${level}`,
      ratio,
      ours: best.ours[kind],
      peer: peer[kind],
      unit: 'tokens/s',
      peerName: shipped === null ? 'llama-bench' : 'llama-bench on the same libraries',
      bound: BOUNDS[kind],
      passed: ratio >= BOUNDS[kind],
      ownBuild: best.own[kind],
      ratioToOwnBuild: best.ours[kind] / best.own[kind],
    };
  });
}

async function bestOfRounds(sides, rounds) {
  const best = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(sides)) {
      // The engine finds its number of threads by trying: our first runs pay for that.
      for (let i = 0; i < (name === 'ours' ? 6 : 1); i++) {
        const speeds = await measure();
        const before = best[name] ?? { decode: 0, prefill: 0 };
        best[name] = {
          decode: Math.max(before.decode, speeds.decode),
          prefill: Math.max(before.prefill, speeds.prefill),
        };
      }
    }
  }
  return best;
}

async function ourSpeeds(runtime, model) {
  const request = {
    model,
    // Six tokens a time and BOS make 127: the length that llama-bench is given, within one token.
    input: { kind: 'prompt', raw: true, prompt: 'Once upon a time there was '.repeat(21) },
    temperature: 0,
    seed: 1,
    maxTokens: GENERATED_TOKENS,
  };
  for await (const event of runtime.generate(request)) {
    if (event.type !== 'done') continue;
    const { promptTokens, prefillMs, generatedTokens, decodeMs } = event.timings;
    return { prefill: (promptTokens / prefillMs) * 1000, decode: (generatedTokens / decodeMs) * 1000 };
  }
  throw new Error('the generation had no end');
}
