import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { LlamaCppRuntime, LlamaCppVariantBuilder } from '@plimsoll/adapter-llamacpp';
import { sampleModelPath } from '@plimsoll/sample-model';
import { writeGeneratedModel } from '../quality/generated-model.mjs';
import { startLlamaServer } from './llama-server.mjs';
import { pairedRow } from './paired-rounds.mjs';
import { peerKernels } from './peer-kernels.mjs';

const LEVEL = 'Q4_K_M';
const CONTEXT = 1024;
const BOUND = 0.95;
/** About 0.3 billion weights. */
const GENERATED = { layers: 20, width: 1024, feedForward: 3072 };

/**
 * Tokens per second of all answers together when 1, 2, 4 and 8 are asked at once, against llama-server with as many
 * slots; both stream. Both sides hold the same file and take turns. Both compute with the same number of threads; on a
 * machine with other work give one, since threads that wait for each other say more of that work than of the engine. Both
 * compute with the same instructions, llama-server with kernels that this machine's compiler made.
 */
export async function* bench({
  rounds = 9,
  atOnce = [1, 2, 4, 8],
  tokens = { sample: 192, generated: 32 },
  threads = availableParallelism(),
} = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-bench-'));
  const builder = new LlamaCppVariantBuilder({ modelsFolder: folder });
  const runtime = new LlamaCppRuntime({ modelsFolder: folder, engine: { librariesFolder: peerKernels(folder) } });
  try {
    const large = path.join(folder, 'large-f16.gguf');
    await writeGeneratedModel(large, { tokenizerOf: sampleModelPath(), ...GENERATED });
    for (const [name, source] of Object.entries({ sample: sampleModelPath(), generated: large })) {
      const { path: model } = await builder.build({ source, target: name, level: LEVEL });
      for (const parallel of atOnce)
        yield await compare({ runtime, model, modelName: name, parallel, maxTokens: tokens[name], rounds, threads });
      await runtime.unload(model);
    }
  } finally {
    await Promise.all([builder.close(), runtime.close()]);
    await rm(folder, { recursive: true });
  }
}

async function compare({ runtime, model, modelName, parallel, maxTokens, rounds, threads }) {
  const server = await startLlamaServer({ model, contextTokens: CONTEXT, parallel, threads });
  try {
    await runtime.load(model, { contextTokens: CONTEXT, parallel, threads });
    const taken = [];
    for (let round = 0; round < rounds; round++) {
      const prompts = Array.from(
        { length: parallel },
        (_, i) => `Round ${round}, ${i}. ${'Once upon a time. '.repeat(6)}`,
      );
      taken.push({
        ours: await timed(prompts, (prompt) => ours(runtime, model, prompt, maxTokens)),
        peer: await timed(prompts, (prompt) => theirs(server.address, prompt, maxTokens)),
      });
    }
    const name = `${parallel} at once, ${modelName} model at ${LEVEL}`;
    return pairedRow({ name, rounds: taken, peerName: `llama-server -np ${parallel}`, bound: BOUND });
  } finally {
    await server.close();
  }
}

/** Tokens of all answers together per second. */
async function timed(prompts, answer) {
  const startedMs = performance.now();
  const tokens = await Promise.all(prompts.map(answer));
  return (tokens.reduce((sum, count) => sum + count, 0) / (performance.now() - startedMs)) * 1000;
}

async function ours(runtime, model, prompt, maxTokens) {
  const input = { kind: 'prompt', prompt, raw: true };
  for await (const event of runtime.generate({ model, input, maxTokens, temperature: 0 })) {
    if (event.type === 'done') return event.timings.generatedTokens;
  }
  throw new Error('the answer had no end');
}

/** A stream as well: our answers come piece by piece whether or not anyone asked for that. */
async function theirs(address, prompt, maxTokens) {
  const body = JSON.stringify({ prompt, n_predict: maxTokens, temperature: 0, stream: true });
  const answer = await fetch(`${address}/completion`, { method: 'POST', body });
  let text = '';
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) text += piece;
  const last = text.trimEnd().split('\n\n').at(-1);
  return JSON.parse(last.slice('data: '.length)).tokens_predicted;
}
