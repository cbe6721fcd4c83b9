import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SOAK_ROUTES, askSoak } from './soak-routes.mjs';
import { startServe } from './served-process.mjs';
import { soakReport } from './soak-report.mjs';

/** What `run` takes. */
export const DEFAULTS = { minutes: 60, perSecond: 1, sampleEveryMs: 15_000, seed: 1, report: '' };

const LEVELS = ['F16', 'Q8_0', 'Q4_K_M'];
const SWITCH_EVERY_MS = 60_000;
/** Of so many requests one is left by its client. */
const LEAVES = 20;
const SETTLE_MS = 10_000;
const MOST_FAILURES = 20;
/** On a machine that is busy with other things the rate gives way. */
const MOST_AT_ONCE = 8;

/**
 * `plimsoll serve` over the engine inside, as a process of its own, is asked at a low rate by every dialect for a long
 * time, while the level is set anew every minute and some clients leave. Each answer has to be whole; memory, sockets and
 * child processes are sampled, and none may be left or grow without end.
 */
export async function run({ minutes, perSecond, sampleEveryMs, seed, report }) {
  const served = await startServe(LEVELS);
  const random = randomFrom(seed);
  const counts = { answered: 0, refused: 0, left: 0, wrong: 0 };
  const failures = [];
  const fail = (problem, more) => void (failures.length < MOST_FAILURES && failures.push({ problem, ...more }));
  const samples = [];
  const waits = [];
  const endMs = performance.now() + minutes * 60_000;
  const done = new AbortController();
  const sampling = every(sampleEveryMs, done.signal, async () => {
    const window = waits.splice(0);
    samples.push({
      ...(await served.sample()),
      ...counts,
      p50Ms: quantile(window, 0.5),
      p99Ms: quantile(window, 0.99),
    });
  });
  const switching = every(SWITCH_EVERY_MS, done.signal, async () => {
    await served.setLevel(LEVELS[Math.floor(random() * LEVELS.length)]);
  });
  const running = new Set();
  const routes = Object.keys(SOAK_ROUTES);
  try {
    for (let n = 0; performance.now() < endMs; n += 1) {
      const route = routes[n % routes.length];
      const leaves = random() < 1 / LEAVES;
      const startMs = performance.now();
      const asking = askSoak(served.url, route, { model: served.model, n, leaves }).then((result) => {
        running.delete(asking);
        counts[result.end] += 1;
        if (result.end === 'answered') waits.push(performance.now() - startMs);
        if (result.end === 'wrong' || result.end === 'refused') fail(result.end, { n, ...result });
      });
      running.add(asking);
      if (running.size >= MOST_AT_ONCE) await Promise.race(running);
      await sleep(Math.min(1000 / perSecond, Math.max(0, endMs - performance.now())));
    }
    await Promise.all(running);
    done.abort();
    await Promise.all([sampling, switching]);
    // Connections that clients keep open are closed by then.
    await sleep(SETTLE_MS);
    samples.push({ ...(await served.sample()), ...counts, p50Ms: null, p99Ms: null });
  } finally {
    done.abort();
    const left = await served.stop();
    if (left.length > 0) fail('processes are left', { left });
  }
  const { text, ...summary } = soakReport(samples, { minutes, perSecond, failures });
  if (report !== '') await writeFile(report, text);
  return { ...counts, ...summary, failures, passed: failures.length === 0 && summary.growth === null };
}

async function every(ms, signal, work) {
  while (!signal.aborted) {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await work();
  }
}

function quantile(values, share) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Numbers from 0 to 1; the same seed gives the same. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
