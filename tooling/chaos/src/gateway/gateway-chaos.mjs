import { setTimeout as sleep } from 'node:timers/promises';
import { createConfigStore } from '@plimsoll/adapter-config';
import { startServer } from '@plimsoll/http';
import { ROUTES, errorIn } from './routes.mjs';
import { MODEL, MOODS, startUpstream, textOf } from './upstream.mjs';
import { translatedScene } from './translated-scene.mjs';
import { children, leftSince } from '../children.mjs';

/** What `run` takes. */
export const DEFAULTS = { requests: 2000, stepEveryMs: 100, seed: 1 };

/** For `translated`. */
export const TRANSLATED = { ...DEFAULTS, translated: true };
const VARIANTS = ['tale-q8_0', 'tale-q4_K_M'];
const CLIENTS = 16;
/** Room for one less than there are clients, so that most wait and some are refused. */
const ADMISSION = { concurrent: 8, mostWaiting: 7, waitMs: 1000 };
/** How long a refused client stays away. */
const PAUSE_MS = 20;
/** Of so many requests one is left by its client. */
const LEAVES = 10;
const MOST_LEAVE_MS = 40;
const MOST_FAILURES = 20;
const SETTLE_MS = 10_000;

/**
 * Clients of all dialects ask a gateway without a pause, while the server behind it is slowed, cut, killed and
 * restarted, the variant is switched, and clients leave. Each request comes to one end: the whole answer of the variant
 * that the header names, or an error that says what is wrong, in its place or as the last words of its stream. None
 * reaches the server twice, and no lease, place, request, socket or process is left when all is over.
 *
 * `translated` puts a server behind it that speaks OpenAI's API alone, through the adapter for such servers, so that every
 * answer is put into the client's dialect piece by piece.
 */
export async function run({ requests, stepEveryMs, seed, translated = false }) {
  const random = randomFrom(seed);
  const socketsBefore = sockets();
  const childrenBefore = await children();
  const upstream = await startUpstream();
  // The usual ones: there is no such file.
  const settings = await createConfigStore({ path: '/nonexistent/config.json', environment: {} }).load();
  const scene = translated ? await translatedScene(upstream.address) : gatewayScene(upstream.address, settings);
  const server = await startServer({ services: scene.services, host: '127.0.0.1', port: 0, admission: ADMISSION });
  const counts = { answered: 0, refused: 0, brokenOff: 0, left: 0, steps: 0 };
  const failures = [];
  const fail = (problem, more) => void (failures.length < MOST_FAILURES && failures.push({ problem, ...more }));
  let asked = 0;
  const routes = Object.keys(ROUTES);
  const client = async () => {
    while (asked < requests) {
      const n = asked;
      asked += 1;
      const leaveMs = random() < 1 / LEAVES ? Math.floor(random() * MOST_LEAVE_MS) : null;
      const result = await ask(server.url, routes[n % routes.length], n, leaveMs);
      counts[result.end] += 1;
      const problem = problemOf(result, n);
      if (problem !== null) fail(problem, { n, ...result });
      if (result.end === 'refused') await sleep(PAUSE_MS);
    }
  };
  const done = new AbortController();
  const stepping = step({ upstream, scene, random, stepEveryMs, signal: done.signal }, counts);
  try {
    await Promise.all(Array.from({ length: CLIENTS }, client));
    done.abort();
    await stepping;
    await upstream.put('well');
    for (
      let waitedMs = 0;
      waitedMs < SETTLE_MS && (scene.state.leases > 0 || upstream.state.running > 0);
      waitedMs += 50
    )
      await sleep(50);
    if (scene.state.leases > 0) fail('leases are held', { leases: scene.state.leases });
    if (upstream.state.running > 0) fail('requests still run', { running: upstream.state.running });
    // Every place in the queue is free again.
    const last = await Promise.all(
      Array.from({ length: ADMISSION.concurrent }, (_, index) => ask(server.url, routes[0], requests + index, null)),
    );
    if (last.some(({ end }) => end !== 'answered')) fail('not answered when all was well again', { last });
    const doubled = [...upstream.seen].filter(([, times]) => times > 1);
    if (doubled.length > 0) fail('sent twice', { doubled });
    const ended = counts.answered + counts.refused + counts.brokenOff + counts.left;
    if (ended !== requests) fail('lost', { ended });
  } finally {
    done.abort();
    await server.close(0);
    await upstream.close();
  }
  // Those of this module's own client close when their servers have.
  for (let waitedMs = 0; waitedMs < SETTLE_MS && sockets() > socketsBefore; waitedMs += 50) await sleep(50);
  if (sockets() > socketsBefore) fail('sockets are open', { before: socketsBefore, after: sockets() });
  const left = await leftSince(childrenBefore);
  if (left.length > 0) fail('processes are left', { left });
  return { ...counts, failures, passed: failures.length === 0 };
}

/** Connections and servers that this process holds open. */
const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP')).length;

/** The least that a gateway needs, and what is held of it. */
function gatewayScene(address, settings) {
  const state = { leases: 0, variant: VARIANTS[0] };
  const apis = { address, dialects: ['ollama', 'openai', 'anthropic'] };
  const held = () => {
    state.leases += 1;
    let released = false;
    return () => {
      if (!released) state.leases -= 1;
      released = true;
    };
  };
  const chosen = () => ({
    ...{ variant: state.variant, level: null, digest: null, made: null, load: {}, reason: 'settings' },
  });
  const lease = () => ({
    runtime: { id: 'openai', apis, find: async () => null },
    places: { place: async () => ({ chosen: chosen(), release: held() }) },
    generation: { record: async () => undefined, warnOfFallback: () => undefined },
    release: held(),
  });
  const services = {
    backend: async () => lease(),
    events: { subscribe: () => () => undefined },
    settings: { load: async () => settings },
    close: async () => undefined,
  };
  return { state, services };
}

/** Puts the server into another mood, and the model on another variant, again and again. */
async function step({ upstream, scene, random, stepEveryMs, signal }, counts) {
  const moods = Object.keys(MOODS);
  while (!signal.aborted) {
    await sleep(stepEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    // Every other time all is well.
    await upstream.put(counts.steps % 2 === 0 ? moods[Math.floor(random() * moods.length)] : 'well');
    scene.state.variant = VARIANTS[Math.floor(random() * VARIANTS.length)];
    counts.steps += 1;
  }
}

/** One request to its end: `answered`, `refused` with an error, `brokenOff`, or `left` by its own client. */
async function ask(url, route, n, leaveMs) {
  const { path, body, read } = ROUTES[route];
  const leaving = new AbortController();
  const timer = leaveMs === null ? undefined : setTimeout(() => leaving.abort(), leaveMs);
  const sent = JSON.stringify(body(MODEL, `This is request ${n}.`));
  try {
    const answer = await fetch(`${url}${path}`, { method: 'POST', body: sent, signal: leaving.signal });
    const { status } = answer;
    const variant = answer.headers.get('x-plimsoll-variant');
    const retryAfter = answer.headers.get('retry-after');
    const text = await answer.text();
    const error = errorIn(text);
    if (error !== null) return { end: 'refused', route, status, error, retryAfter, text };
    return { end: 'answered', route, status, variant, models: modelsIn(text), ...read(text) };
  } catch (cause) {
    return { end: leaving.signal.aborted ? 'left' : 'brokenOff', route, cause: String(cause) };
  } finally {
    clearTimeout(timer);
  }
}

const modelsIn = (text) => [...new Set([...text.matchAll(/"model":"([^"]*)"/g)].map(([, name]) => name))];

function problemOf({ end, status, error, variant, models, text, whole }, n) {
  if (end === 'refused') {
    if (status < 400 && !/"error":.*\}\s*$/.test(text)) return 'something behind an error';
    return typeof error === 'string' && error.length > 10 ? null : 'an error that says nothing';
  }
  if (end === 'brokenOff') return 'broken off without a word';
  if (end !== 'answered') return null;
  if (status !== 200 || !whole) return 'an answer that is not whole';
  if (models.some((name) => name !== MODEL)) return 'a name that was not asked for';
  return text === textOf(variant, n) ? null : 'not the text of this request by this variant';
}

/** Numbers from 0 to 1; the same seed gives the same. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
