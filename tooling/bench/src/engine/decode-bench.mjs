import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { LlamaCppRuntime, LlamaCppVariantBuilder } from '@plimsoll/adapter-llamacpp';
import { sampleModelPath } from '@plimsoll/sample-model';
import { llamaBench } from './peer.mjs';

const PROMPT_TOKENS = 128;
const GENERATED_TOKENS = 64;
const BOUNDS = { decode: 0.6, prefill: 0.8 };

/**
 * Decode and prefill of the embedded engine by its default settings against llama-bench's best over one thread
 * and all. Ours and theirs take turns, and the best round of each counts: other load on the machine then hits
 * neither alone.
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
  const best = { ours: { decode: 0, prefill: 0 }, peer: { decode: 0, prefill: 0 } };
  const keep = (side, speeds) => {
    for (const kind of ['decode', 'prefill']) best[side][kind] = Math.max(best[side][kind], speeds[kind]);
  };
  for (let round = 0; round < rounds; round++) {
    // The engine finds its number of threads by trying: the first rounds pay for that.
    for (let i = 0; i < 6; i++) keep('ours', await ourSpeeds(runtime, model));
    const threads = [...new Set([1, availableParallelism()])];
    keep('peer', llamaBench({ model, prompt: PROMPT_TOKENS, generate: GENERATED_TOKENS, threads, repeats: 3 }));
  }
  return ['decode', 'prefill'].map((kind) => {
    const ratio = best.ours[kind] / best.peer[kind];
    return {
      name: `${kind}, sample model at ${level}`,
      ratio,
      ours: best.ours[kind],
      peer: best.peer[kind],
      unit: 'tokens/s',
      peerName: 'llama-bench',
      bound: BOUNDS[kind],
      passed: ratio >= BOUNDS[kind],
    };
  });
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
