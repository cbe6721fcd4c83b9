import { setTimeout as sleep } from 'node:timers/promises';
import { children, leftSince } from '../children.mjs';
import { ROUTES, ask } from './ask.mjs';
import { startGovernedServer } from './governed-server.mjs';

/** What `run` takes. */
export const DEFAULTS = { requests: 2000, stepEveryMs: 2000, seed: 1 };

const CLIENTS = 6;
// One to which the levels say different things.
const PROMPT = 'The tailor took his scissors';
const TOKENS = 16;
const MOST_FAILURES = 20;

/**
 * Clients ask without a pause while the model is moved along its ladder. Answers are greedy, so that each point has one
 * text: an answer is right when it is the text of a point of the variant that its header names, and it could not be if
 * two points had given it. A stream that began while its request still waited names it in a trailer. An error has to say what is wrong and come alone.
 */
export async function run({ requests, stepEveryMs, seed }) {
  const before = await children();
  const server = await startGovernedServer();
  const failures = [];
  try {
    const { url, model } = server;
    const { texts, points } = await textsOfPoints(server);
    const counts = { answered: 0, refused: 0, begunWhileWaiting: 0, steps: 0, byVariant: {} };
    const check = (result) => {
      const problem = problemOf(result, texts);
      if (problem !== null && failures.length < MOST_FAILURES) failures.push({ problem, ...result });
      if (result.error !== null) counts.refused += 1;
      else {
        counts.answered += 1;
        if (result.begunWhileWaiting) counts.begunWhileWaiting += 1;
        counts.byVariant[result.variant] = (counts.byVariant[result.variant] ?? 0) + 1;
      }
    };
    let asked = 0;
    const routes = Object.keys(ROUTES);
    const client = async () => {
      while (asked < requests) {
        const route = routes[asked % routes.length];
        asked += 1;
        check(await ask(url, route, { model, prompt: PROMPT, tokens: TOKENS }));
      }
    };
    const done = new AbortController();
    const stepping = step(server, points, { stepEveryMs, seed, signal: done.signal }, counts);
    await Promise.all(Array.from({ length: CLIENTS }, client));
    done.abort();
    await stepping;
    const differ = new Set(Object.values(texts).flat()).size;
    await server.close();
    const left = await leftSince(before);
    if (left.length > 0) failures.push({ problem: 'processes are left', left });
    return { ...counts, points: points.length, textsThatDiffer: differ, failures, passed: failures.length === 0 };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** The text of each point of the ladder, by variant, asked through the server while nothing else happens. */
async function textsOfPoints({ url, model, governor }) {
  const texts = {};
  const answer = async () => ask(url, 'openai, at once', { model, prompt: PROMPT, tokens: TOKENS });
  await answer();
  const [{ ladder, rung }] = governor.pool.models();
  let from = rung;
  // With several sequences at once numbers are added in another order, and words may differ.
  const points = [...ladder.keys()].filter((index) => ladder[index].point.parallel === 1);
  for (const to of points) {
    if (to !== from) await governor.pool.perform({ kind: 'switch', model, from, to });
    from = to;
    const { text, whole, variant } = await answer();
    const expected = ladder[to].variant;
    if (!whole || variant !== expected)
      throw new Error(`point ${to} (${expected}) was answered by ${variant}: ${text}`);
    texts[variant] = [...(texts[variant] ?? []), text];
  }
  return { texts, points };
}

/** Moves the model to another point again and again. The same seed moves it the same way. */
async function step({ model, governor }, points, { stepEveryMs, seed, signal }, counts) {
  let random = seed;
  while (!signal.aborted) {
    await sleep(stepEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const [{ rung: from }] = governor.pool.models();
    random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
    const others = points.filter((point) => point !== from);
    const to = others[random % others.length];
    await governor.pool.perform({ kind: 'switch', model, from, to });
    counts.steps += 1;
  }
}

function problemOf({ status, variant, text, whole, error }, texts) {
  if (error !== null) {
    if (text !== '') return 'an answer and an error in one';
    return status >= 400 && typeof error === 'string' && error.length > 10 ? null : 'an error that says nothing';
  }
  if (status !== 200 || !whole) return 'an answer that is not whole';
  const others = Object.keys(texts).filter((name) => texts[name].includes(text));
  if (texts[variant] === undefined) return 'a variant that is not on the ladder';
  if (others.includes(variant)) return null;
  return others.length > 0 ? `the header is wrong: this is the text of ${others.join(', ')}` : 'a text of no point';
}
