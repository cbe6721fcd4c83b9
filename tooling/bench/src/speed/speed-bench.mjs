import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { LlamaCppRuntime, LlamaCppVariantBuilder } from '@plimsoll/adapter-llamacpp';
import { sampleModelPath } from '@plimsoll/sample-model';
import { llamaBench, llamaBenches } from '../engine/peer.mjs';
import { writeGeneratedModel } from '../quality/generated-model.mjs';

const AGREEMENT = 0.05;
const PROMPT_TOKENS = 512;
const GENERATED_TOKENS = 64;
const GENERATED = { layers: 10, width: 768, feedForward: 2048 };

/**
 * Whether the speeds that the embedded engine tells are those of llama-bench, on one and the same file, on the same
 * libraries and with the same number of threads. The model is large enough that a step is computation and not overhead. Both take turns, the
 * best round of each counts: other programs on the machine then hit neither alone.
 */
export async function bench({
  rounds = 5,
  levels = ['Q4_0', 'Q4_K_M', 'Q8_0', 'F16'],
  threads = Math.max(1, availableParallelism() - 1),
} = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-speed-'));
  const builder = new LlamaCppVariantBuilder({ modelsFolder: folder });
  const runtime = new LlamaCppRuntime({ modelsFolder: folder });
  try {
    const full = path.join(folder, 'generated-f16.gguf');
    await writeGeneratedModel(full, { tokenizerOf: sampleModelPath(), ...GENERATED });
    const rows = [];
    for (const level of levels) {
      const model = level === 'F16' ? full : (await builder.build({ source: full, target: level, level })).path;
      rows.push(...(await compare(runtime, model, level, rounds, threads)));
      await runtime.unload(model);
    }
    return rows;
  } finally {
    await Promise.all([builder.close(), runtime.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(runtime, model, level, rounds, threads) {
  const { shipped, own } = llamaBenches();
  const best = { ours: { decode: 0, prefill: 0 }, peer: { decode: 0, prefill: 0 } };
  const keep = (side, speeds) => {
    for (const kind of ['decode', 'prefill']) best[side][kind] = Math.max(best[side][kind], speeds[kind]);
  };
  for (let round = 0; round < rounds; round += 1) {
    keep('ours', await ourSpeeds(runtime, model, threads));
    keep('peer', peerSpeeds(shipped ?? own, model, threads));
  }
  return ['decode', 'prefill'].map((kind) => {
    const ratio = best.ours[kind] / best.peer[kind];
    return {
      name: `${kind}, generated model at ${level}, ${threads} threads`,
      ratio,
      ours: best.ours[kind],
      peer: best.peer[kind],
      unit: 'tokens/s',
      peerName: shipped === null ? 'llama-bench' : 'llama-bench on the same libraries',
      bound: `within ${AGREEMENT * 100} %`,
      passed: Math.abs(ratio - 1) <= AGREEMENT,
    };
  });
}

/** llama-bench generates into an empty context unless told otherwise; we generate after the prompt, as users do. */
function peerSpeeds(bench, model, threads) {
  const setting = { model, threads: [threads], repeats: 1 };
  const { prefill } = llamaBench(bench, { ...setting, prompt: PROMPT_TOKENS, generate: 0 });
  const { decode } = llamaBench(bench, { ...setting, prompt: 0, generate: GENERATED_TOKENS, depth: PROMPT_TOKENS });
  return { prefill, decode };
}

/** A prompt that the sample's vocabulary reads as six tokens a time; with BOS, 511: llama-bench's length but one. */
const PROMPT = 'Once upon a time there was '.repeat(85);

async function ourSpeeds(runtime, model, threads) {
  const request = {
    model,
    input: { kind: 'prompt', raw: true, prompt: PROMPT },
    temperature: 0,
    seed: 1,
    maxTokens: GENERATED_TOKENS + 1,
    load: { threads, contextTokens: 1024 },
  };
  for await (const event of runtime.generate(request)) {
    if (event.type !== 'done') continue;
    const { promptTokens, prefillMs, generatedTokens, decodeMs } = event.timings;
    // The first token comes out of the prefill; only the others take a step each, and steps are what llama-bench counts.
    return { prefill: (promptTokens / prefillMs) * 1000, decode: ((generatedTokens - 1) / decodeMs) * 1000 };
  }
  throw new Error('the generation had no end');
}
