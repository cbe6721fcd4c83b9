import { readdir, readFile } from 'node:fs/promises';
import { LlamaCppLogitsSource } from '@plimsoll/adapter-llamacpp';
import { QualityAccumulator } from '@plimsoll/domain';

/** The tokens of a text as our source gives them. */
export async function tokenize(model, text) {
  const source = new LlamaCppLogitsSource({ modelsFolder: '.' });
  try {
    return await source.tokenize(model, text);
  } finally {
    await source.close();
  }
}

/**
 * Scores candidates against their reference in one pass as `plimsoll compare` does: the figures of each, and
 * milliseconds of the whole.
 */
export async function ourQuality({ reference, candidates, tokens, window, threads, watchMemory = false }) {
  const source = new LlamaCppLogitsSource({ modelsFolder: '.' });
  const accumulators = candidates.map(() => new QualityAccumulator(source.coverage));
  const before = watchMemory ? await children() : [];
  const startedMs = performance.now();
  let peakBytes = null;
  try {
    const request = {
      candidates: candidates.map((model) => ({ model, kvCacheType: 'f16' })),
      reference: { model: reference, kvCacheType: 'f16' },
      tokens,
      windowTokens: window,
      threads,
    };
    for await (const perCandidate of source.score(request)) {
      perCandidate.forEach((scores, i) => accumulators[i].record(scores));
      if (watchMemory) peakBytes = Math.max(peakBytes ?? 0, await peakOf(before));
    }
    const ms = performance.now() - startedMs;
    return { ms, qualities: accumulators.map((one) => one.result()), peakBytes };
  } finally {
    await source.close();
  }
}

/** Peak resident bytes of the process that came after `before`; Linux tells them. */
async function peakOf(before) {
  const [pid] = (await children()).filter((child) => !before.includes(child));
  const status = pid === undefined ? '' : await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

async function children() {
  const found = [];
  for (const task of await readdir('/proc/self/task')) {
    const list = await readFile(`/proc/self/task/${task}/children`, 'utf8').catch(() => '');
    found.push(...list.split(' ').filter((pid) => pid !== ''));
  }
  return found;
}
