import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { BODY, ask, quantile, shuffled } from './ask.mjs';
import { atFixedRate } from './fixed-rate.mjs';
import { startNginx } from './start-nginx.mjs';

/** Until the code of all ways is compiled: a server is in use for longer. */
const WARM_UP = 3_000;
/** Requests to one way before it is the next one's turn, and turns. */
const IN_A_ROW = 20;
const TURNS = 25;
/** Requests per second at which client, upstream and gateway leave two cores mostly idle: a wait is the gateway's own. */
const QUIET_RATE = 1_000;
/** Share of what httpxy carries that is sent where waits for a core are to be seen: nginx shows them too. */
const BUSY_SHARE = 0.3;
/** Short enough that connections outlive the turns of all other ways: four seconds without use close them. */
const TURN_SECONDS = 0.5;
/** Milliseconds that may be added at the 99th percentile. */
const MOST_ADDED_P99 = 2;

/**
 * What the gateway costs, beside a direct connection, httpxy and nginx before the same upstream, which take turns in
 * one run: requests per second, time to the first byte, and 1,000 streams of 200 pieces that must come whole. `gateway`
 * is the relay with nothing behind it; `served` is all that `plimsoll serve` does with a request: its settings, the choice
 * of a variant, and the record of each answer.
 */
export async function* bench({ rounds = 3, seconds = 2, connections = 50, streams = 1_000, chunks = 200 } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-gateway-bench-'));
  const running = [];
  const start = async (file, ...args) => {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), args);
    running.push(child);
    const [{ port }] = await once(child, 'message');
    return { child, address: `http://127.0.0.1:${port}` };
  };
  try {
    const { address } = await start('upstream.mjs');
    const ways = { direct: { address } };
    ways.gateway = await start('plimsoll.mjs', address);
    ways.served = await start('served.mjs', address, folder);
    ways.httpxy = await start('httpxy.mjs', address);
    const nginx = await startNginx(folder, address);
    if (nginx !== null) {
      running.push(nginx.child);
      ways.nginx = nginx;
    }
    const best = {};
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, way] of Object.entries(ways)) {
        const one = await measure(way.address, seconds, connections);
        const kept = (best[name] ??= { perSecond: 0, p50: Infinity, p99: Infinity, single: Infinity });
        kept.perSecond = Math.max(kept.perSecond, one.perSecond);
        for (const field of ['p50', 'p99']) kept[field] = Math.min(kept[field], one[field]);
      }
      const singles = await oneByOne(ways);
      for (const [name, single] of Object.entries(singles)) best[name].single = Math.min(best[name].single, single);
    }
    const { direct, gateway, served, httpxy } = best;
    for (const [name, { perSecond, p50, p99, single }] of Object.entries(best)) {
      yield {
        name: `requests, ${connections} connections, ${name}`,
        perSecond,
        p50Ms: p50,
        p99Ms: p99,
        singleMs: single,
      };
    }
    const ratio = gateway.perSecond / httpxy.perSecond;
    yield { name: 'requests per second against httpxy', ratio, bound: 0.8, passed: ratio >= 0.8 };
    const added = { gateway, served };
    for (const [name, { single }] of Object.entries(added)) {
      const [ms, httpxyMs] = [single - direct.single, httpxy.single - direct.single];
      const row = { name: `added to the first byte, one connection, p50, ${name}`, ms, httpxyMs };
      yield { ...row, bound: 0.3, passed: ms <= 0.3 };
    }
    // Where as much is sent as can be, what is seen is the queue before the few cores that client, upstream and gateway
    // share; the same stands before httpxy.
    yield { name: 'p99 at 50 connections against httpxy, saturated', ratio: gateway.p99 / httpxy.p99 };
    const openLoops = { connections, turns: rounds * 8 };
    yield* openLoop(ways, BUSY_SHARE * httpxy.perSecond, openLoops);
    yield* openLoop(ways, QUIET_RATE, { ...openLoops, bound: MOST_ADDED_P99 });
    yield await streamsThrough(ways.gateway, streams, chunks);
  } finally {
    for (const child of running) child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * What each way adds where requests come at a rate, whether or not others have been answered: as people send them, and
 * below what any way can carry. Times count from when a request was due, so that none is left out for coming late. A
 * percentile of each turn is held against that of the direct connection's turn beside it, and the turn in the middle
 * counts: a machine that stands still for 20 ms in one turn of 24 would decide the percentile of all alone.
 */
async function* openLoop(ways, perSecond, { connections, turns, bound }) {
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  const p99OfTurns = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  const pools = Object.values(ways).map(({ address }) => new Pool(address, { connections, pipelining: 1 }));
  for (const pool of pools) await openAll(pool, connections * 6);
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [index, name] of shuffled([...Object.keys(ways).entries()])) {
      await openAll(pools[index], connections);
      const taken = await atFixedRate(pools[index], perSecond, TURN_SECONDS);
      times[name].push(...taken);
      p99OfTurns[name].push(quantile(taken, 0.99));
    }
  }
  await Promise.all(pools.map((pool) => pool.close()));
  const rate = `${Math.round(perSecond)} a second, ${connections} connections`;
  const added = (name) => {
    const ofTurns = p99OfTurns[name].map((ms, turn) => ms - p99OfTurns.direct[turn]);
    const ofAll = quantile(times[name], 0.99) - quantile(times.direct, 0.99);
    return { addedP99Ms: quantile(ofTurns, 0.5), addedP99OfAllMs: ofAll };
  };
  for (const name of Object.keys(ways)) {
    const row = { name: `${rate}, ${name}`, p50Ms: quantile(times[name], 0.5), p99Ms: quantile(times[name], 0.99) };
    yield name === 'direct' ? row : { ...row, ...added(name) };
  }
  if (bound === undefined) return;
  const { addedP99Ms: ms, addedP99OfAllMs: ofAllMs } = added('gateway');
  yield { name: `added to the first byte, p99, ${rate}, gateway`, ms, ofAllMs, bound, passed: ms <= bound };
}

const openAll = (pool, requests) => Promise.all(Array.from({ length: requests }, () => ask(pool)));

/** The median of each way over one connection; short turns, so that what else the machine does falls on all alike. */
async function oneByOne(ways) {
  const asked = Object.entries(ways).map(([name, { address }]) => {
    return { name, pool: new Pool(address, { connections: 1, pipelining: 1 }), times: [] };
  });
  for (const { pool } of asked) for (let index = 0; index < WARM_UP; index += 1) await ask(pool);
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const { pool, times } of shuffled(asked)) {
      for (let index = 0; index < IN_A_ROW; index += 1) times.push(await ask(pool));
    }
  }
  await Promise.all(asked.map(({ pool }) => pool.close()));
  return Object.fromEntries(asked.map(({ name, times }) => [name, quantile(times, 0.5)]));
}

async function measure(address, seconds, connections) {
  const pool = new Pool(address, { connections, pipelining: 1 });
  for (let index = 0; index < WARM_UP; index += 1) await ask(pool);
  const times = [];
  const until = performance.now() + seconds * 1000;
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < until) times.push(await ask(pool));
    }),
  );
  const perSecond = times.length / ((performance.now() - startMs) / 1000);
  await pool.close();
  return { perSecond, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

async function streamsThrough({ address, child }, streams, chunks) {
  const pool = new Pool(address, { connections: streams, pipelining: 1 });
  const memory = async () => {
    child.send('memory');
    const [{ rssBytes }] = await once(child, 'message');
    return rssBytes;
  };
  const before = await memory();
  let broken = 0;
  const one = async () => {
    const answer = await pool.request({
      ...{ path: '/v1/chat/completions', method: 'POST' },
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...BODY, stream: true, chunks }),
    });
    const text = await answer.body.text();
    const words = [...text.matchAll(/"content":"w(\d+) "/g)].map(([, index]) => Number(index));
    const isWhole =
      words.length === chunks && words.every((word, index) => word === index) && text.endsWith('[DONE]\n\n');
    if (!isWhole) broken += 1;
  };
  const work = Promise.all(Array.from({ length: streams }, one));
  let peak = before;
  const watch = setInterval(() => void memory().then((bytes) => (peak = Math.max(peak, bytes))), 250);
  await work;
  clearInterval(watch);
  await pool.close();
  return {
    name: `${streams} streams of ${chunks} pieces at once`,
    broken,
    rssBeforeMiB: Math.round(before / 2 ** 20),
    rssPeakMiB: Math.round(peak / 2 ** 20),
    passed: broken === 0,
  };
}
