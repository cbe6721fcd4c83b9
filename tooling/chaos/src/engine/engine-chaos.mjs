import { readFileSync, readdirSync } from 'node:fs';
import { LlamaCppRuntime } from '@plimsoll/adapter-llamacpp';
import { sampleModelPath } from '@plimsoll/sample-model';
import path from 'node:path';

/** What `run` takes: requests to be answered, and those that are given up after them. */
export const DEFAULTS = { requests: 10_000, cancelled: 1_000, seed: 1 };

const PARALLEL = 4;
const CLIENTS = 6;
/** Samples of memory over the second half of the answers: in the first one V8's heap finds its size. */
const SAMPLES = 40;
/** Between the first and the last of four parts of the samples; allocators breathe. */
const MOST_GROWTH_BYTES = 4 * 1024 ** 2;
const SCHEMA = { type: 'boolean' };

/** Every kind of request that keeps something of its own in the engine: a grammar, log-probabilities, a seed, a chat. */
const KINDS = [
  {},
  { seed: 7 },
  { topLogprobs: 5 },
  { format: SCHEMA, maxTokens: 4 },
  { stop: ['the'] },
  { chat: true },
];

/**
 * Short answers of every kind, several at once, then answers that are given up in the middle. The memory of the engine's
 * process stays flat over the answers, and the cancelled ones leave no memory, no file, no thread and no busy slot.
 */
export async function run({ requests, cancelled, seed, mostGrowthBytes = MOST_GROWTH_BYTES }) {
  const model = sampleModelPath();
  const runtime = new LlamaCppRuntime({ modelsFolder: path.dirname(model), engine: { flavor: 'cpu' } });
  const failures = [];
  const load = { contextTokens: 256, parallel: PARALLEL, threads: 1 };
  let generatedTokens = 0;
  const answer = async (n, signal) => {
    const { chat = false, ...more } = KINDS[n % KINDS.length];
    const text = `Tale ${(n * 7919 + seed) % 10_007}: once upon a time`;
    const input = chat
      ? { kind: 'chat', messages: [{ role: 'user', content: text }] }
      : { kind: 'prompt', raw: true, prompt: text };
    for await (const event of runtime.generate({ model, input, maxTokens: 3, load, ...more }, { signal })) {
      if (event.type === 'done') generatedTokens += event.timings.generatedTokens;
      else signal?.dispatchEvent(new Event('text'));
    }
  };
  try {
    await runtime.load(model, load);
    const pid = engineProcess();
    const samples = [];
    const warm = Math.floor(requests / 2);
    const every = Math.max(1, Math.floor(warm / SAMPLES));
    await each(requests, async (n) => {
      await answer(n);
      if (n >= warm && (n - warm) % every === 0) samples.push(stateOf(pid).bytes);
    });
    const quarter = Math.floor(samples.length / 4);
    const [early, late] = [median(samples.slice(0, quarter)), median(samples.slice(-quarter))];
    if (late - early > mostGrowthBytes) failures.push({ problem: `answers left ${late - early} bytes` });

    const before = stateOf(pid);
    let gaveUp = 0;
    await each(cancelled, async (n) => {
      const stop = new AbortController();
      // Every other one before its first word.
      if (n % 2 === 0) stop.signal.addEventListener('text', () => stop.abort());
      else setTimeout(() => stop.abort(), n % 5);
      await answer(n, stop.signal).catch((error) => {
        if (error.code === 'cancelled') gaveUp += 1;
        else failures.push({ problem: `a cancelled answer said: ${error.message}` });
      });
    });
    await each(CLIENTS * 4, (n) => answer(n));
    const after = stateOf(pid);
    if (after.bytes - before.bytes > mostGrowthBytes)
      failures.push({ problem: `cancelled answers left ${after.bytes - before.bytes} bytes` });
    if (after.files > before.files)
      failures.push({ problem: `cancelled answers left ${after.files - before.files} files` });
    if (after.threads > before.threads)
      failures.push({ problem: `cancelled answers left ${after.threads - before.threads} threads` });
    const growth = { earlyBytes: early, lateBytes: late, afterCancelledBytes: after.bytes };
    return { answered: requests, gaveUp, generatedTokens, ...growth, failures, passed: failures.length === 0 };
  } finally {
    await runtime.close();
  }
}

/** Calls `work` with 0, 1, 2 … from several clients at once. */
async function each(count, work) {
  let next = 0;
  const client = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

/** The one child of this process that hosts an engine. */
function engineProcess() {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === process.pid);
  if (children.length !== 1) throw new Error(`${children.length} children instead of one engine`);
  return children[0];
}

function parentOf(pid) {
  try {
    return Number(/^PPid:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return null;
  }
}

function stateOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const number = (field) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'mu').exec(status)?.[1]);
  return { bytes: number('VmRSS') * 1024, threads: number('Threads'), files: readdirSync(`/proc/${pid}/fd`).length };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
