import {
  BackendFailedError,
  BusyError,
  CancelledError,
  DEFAULT_GOVERNOR_POLICY,
  OutOfMemoryError,
  quantizationNamed,
} from '@plimsoll/domain';
import type { GpuReading, Level, PlimsollEvent, UnloadOptions } from '@plimsoll/domain';
import { FixedHostProbe, ManualClock, gpuReading } from '@plimsoll/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { Govern } from './govern.js';
import { ModelPool } from './model-pool.js';
import type { ServedRung } from './model-pool.js';

const GIB = 1024 ** 3;

const rung = (level: Level, gib: number, loss: number): ServedRung => ({
  variant: `m-${level}`,
  digest: null,
  point: {
    quantization: quantizationNamed(level),
    contextTokens: 4096,
    parallel: 2,
    microBatchTokens: 512,
    keyCacheType: 'f16',
    valueCacheType: 'f16',
    flashAttention: 'auto',
    placement: { gpuLayers: 33, split: [1], expertLayersOnHost: 0 },
  },
  bytes: { gpu: gib * GIB },
  decodeTokensPerSecond: 30,
  loss,
  powerW: null,
});

/** A card of 8 GiB with what others take on it, and an engine that fails when it is full. */
class Card {
  foreignGib = 0.5;
  readonly loaded = new Map<string, number>();
  readonly loads: string[] = [];
  readonly broken = new Set<string>();
  readonly drains: (number | undefined)[] = [];
  readonly bytes: Readonly<Record<string, number>> = {
    'm-Q8_0': 6,
    'm-Q4_K_M': 4,
    'm-Q2_K': 2.5,
    'n-Q8_0': 6,
    'n-Q4_K_M': 4,
    'n-Q2_K': 2.5,
  };

  get usedGib(): number {
    return this.foreignGib + [...this.loaded.values()].reduce((sum, gib) => sum + gib, 0);
  }

  async load(name: string): Promise<{ readonly loadMs: number }> {
    this.loads.push(name);
    if (this.broken.has(name)) throw new BackendFailedError('The file is damaged.');
    const gib = this.bytes[name] ?? 0;
    if (this.usedGib + gib > 8) throw new OutOfMemoryError('There is too little memory.');
    this.loaded.set(name, gib);
    return { loadMs: 1000 };
  }

  async unload(name: string, { drainMs }: UnloadOptions = {}): Promise<void> {
    this.drains.push(drainMs);
    this.loaded.delete(name);
  }
}

/** Reads the card, or says again what it said before. */
class CardProbe {
  /** Memory that the driver has not given back yet. */
  lateGib = 0;
  readings: readonly GpuReading[] | null = null;
  readonly #card: Card;
  readonly #clock: ManualClock;

  constructor(card: Card, clock: ManualClock) {
    this.#card = card;
    this.#clock = clock;
  }

  async read(): Promise<readonly GpuReading[]> {
    const usedBytes = Math.min(8, this.#card.usedGib + this.lateGib) * GIB;
    const atMs = this.#clock.nowMs();
    return this.readings ?? [gpuReading({ deviceId: 'gpu', atMs, totalBytes: 8 * GIB, usedBytes })];
  }
}

const LADDER = [rung('Q8_0', 6, 0.001), rung('Q4_K_M', 4, 0.03), rung('Q2_K', 2.5, 0.4)];

describe('the governor at work', () => {
  let card: Card;
  let clock: ManualClock;
  let probe: CardProbe;
  let pool: ModelPool;
  let govern: Govern;

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
  };
  const look = async (): ReturnType<Govern['look']> => govern.look();
  /** Lets time pass in steps in which something can happen. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 250) {
      await settle();
      clock.advance(250);
    }
    await settle();
  };
  const serveAnother = (): void =>
    pool.serve({
      name: 'n',
      ladder: LADDER.map((one) => ({ ...one, variant: one.variant.replace('m-', 'n-') })),
      reloadMs: 1000,
    });

  beforeEach(() => {
    card = new Card();
    clock = new ManualClock(1_000_000);
    probe = new CardProbe(card, clock);
    pool = new ModelPool({ runtime: card, clock, limits: { mostWaiting: 2, waitMs: 30_000 } });
    pool.serve({ name: 'm', ladder: LADDER, reloadMs: 1000 });
    govern = new Govern({ pool, gpu: probe, host: new FixedHostProbe(), clock });
    pool.advice = govern;
  });

  it('brings a model in at the best point that fits', async () => {
    expect((await pool.lease('m')).variant).toBe('m-Q8_0');
  });

  it('holds new requests, lets the running answer end, and goes on at the lower point', async () => {
    const first = await pool.lease('m');
    card.foreignGib = 1.9;
    const looking = look();
    await settle();
    const second = pool.lease('m');
    await settle();
    expect(card.loads).toEqual(['m-Q8_0']);
    first.release();
    expect((await looking).decision).toMatchObject({ rule: 'hard-pressure', action: { kind: 'switch', to: 1 } });
    expect((await second).variant).toBe('m-Q4_K_M');
    expect([...card.loaded.keys()]).toEqual(['m-Q4_K_M']);
    expect(govern.log.entries()).toMatchObject([{ carriedOut: 'done', decision: { direction: 'down' } }]);
  });

  it('gives way to a lower cap as soon as it is set, and comes back when it is lifted', async () => {
    (await pool.lease('m')).release();
    expect((await look()).decision).toBeNull();
    govern.rule(DEFAULT_GOVERNOR_POLICY, 5 * GIB);
    expect((await look()).decision).toMatchObject({ action: { kind: 'unload' } });
    const lower = await pool.lease('m');
    expect(lower.variant).toBe('m-Q4_K_M');
    lower.release();
    govern.rule(DEFAULT_GOVERNOR_POLICY, null);
    for (let second = 0; second <= 310; second += 1) {
      clock.advance(1000);
      await look();
    }
    expect([...card.loaded.keys()]).toEqual(['m-Q8_0']);
  });

  it('comes back up when memory has been free for five minutes, and tells how it turned out', async () => {
    card.foreignGib = 3;
    (await pool.lease('m')).release();
    expect([...card.loaded.keys()]).toEqual(['m-Q4_K_M']);
    card.foreignGib = 0.5;
    for (let second = 0; second <= 310; second += 1) {
      clock.advance(1000);
      await look();
    }
    expect([...card.loaded.keys()]).toEqual(['m-Q8_0']);
    expect(govern.log.entries().at(-1)).toMatchObject({ decision: { rule: 'recovery' }, outcome: { errorBytes: 0 } });
  });

  it('takes want of memory at load for a reading and answers at a smaller point', async () => {
    // The reading is old: another program has taken memory since.
    probe.readings = await probe.read();
    card.foreignGib = 3;
    expect((await pool.lease('m')).variant).toBe('m-Q4_K_M');
    expect(card.loads).toEqual(['m-Q8_0', 'm-Q4_K_M']);
  });

  it('fails every waiting request clearly when the engine cannot load at all, and tries anew with the next', async () => {
    card.broken.add('m-Q8_0');
    await expect(pool.lease('m')).rejects.toThrow(BackendFailedError);
    card.broken.clear();
    expect((await pool.lease('m')).variant).toBe('m-Q8_0');
  });

  it('bounds the queue, ends each wait, and lets a client leave it', async () => {
    const running = [await pool.lease('m'), await pool.lease('m')];
    const leaving = new AbortController();
    const left = pool.lease('m', { signal: leaving.signal });
    const late = pool.lease('m');
    await settle();
    await expect(pool.lease('m')).rejects.toThrow(BusyError);
    leaving.abort();
    await expect(left).rejects.toThrow(CancelledError);
    clock.advance(30_000);
    await expect(late).rejects.toThrow(/not ready within 30 seconds/);
    for (const lease of running) lease.release();
    expect(pool.models()[0]).toMatchObject({ activeRequests: 0 });
  });

  it('makes room by unloading who is idle, and waits for who answers', async () => {
    serveAnother();
    const busy = await pool.lease('m');
    const other = pool.lease('n');
    await pass(10_000);
    expect([...card.loaded.keys()]).toEqual(['m-Q8_0']);
    busy.release();
    await pass(500);
    expect((await other).variant).toBe('n-Q8_0');
    expect([...card.loaded.keys()]).toEqual(['n-Q8_0']);
  });

  it('lets two models stay that would push each other out again and again', async () => {
    serveAnother();
    const variants: string[] = [];
    for (const name of ['m', 'n', 'm', 'n', 'm', 'n']) {
      const asked = pool.lease(name);
      await pass(1_000);
      const { variant, release } = await asked;
      variants.push(variant);
      release();
    }
    // The other could not stay as it was. Room was left for its smallest point.
    expect(variants).toEqual(['m-Q8_0', 'n-Q8_0', 'm-Q4_K_M', 'n-Q2_K', 'm-Q4_K_M', 'n-Q2_K']);
    expect(card.loads).toHaveLength(4);
  });

  it('refuses clearly when nothing fits and nobody of ours could make room, once memory had time to come back', async () => {
    card.foreignGib = 7;
    const asked = pool.lease('m');
    await pass(4_000);
    expect(pool.models()[0]).toMatchObject({ activeRequests: 1 });
    const refused = expect(asked).rejects.toThrow(/No point of m fits/);
    await pass(2_000);
    await refused;
  });

  it('comes in close to the hard line rather than not at all, once memory had time to come back', async () => {
    card.foreignGib = 4.9;
    const asked = pool.lease('m');
    await pass(4_000);
    expect(card.loads).toEqual([]);
    await pass(2_000);
    expect((await asked).variant).toBe('m-Q2_K');
  });

  it('does not count twice on the room that two models want at once', async () => {
    serveAnother();
    const [first, second] = [pool.lease('m'), pool.lease('n')];
    (await first).release();
    await pass(1_000);
    await second;
    expect(card.loads).toEqual(['m-Q8_0', 'n-Q8_0']);
    expect([...card.loaded.keys()]).toEqual(['n-Q8_0']);
  });

  it('empties a model that is always busy for one that has waited long, and then serves both', async () => {
    pool = new ModelPool({ runtime: card, clock, limits: { mostWaiting: 8, waitMs: 120_000 } });
    pool.serve({ name: 'm', ladder: LADDER, reloadMs: 1000 });
    serveAnother();
    govern = new Govern({ pool, gpu: probe, host: new FixedHostProbe(), clock });
    pool.advice = govern;
    const running = await pool.lease('m');
    const waiting = pool.lease('n');
    await pass(29_000);
    const another = await pool.lease('m');
    await pass(2_000);
    // What is asked of it now waits; its answers go on to their end.
    const after = pool.lease('m');
    await settle();
    expect(card.loads).toEqual(['m-Q8_0']);
    for (const { release } of [running, another]) release();
    await pass(1_000);
    // Room was left for the other's smallest point, so that neither has to wait for the other from now on.
    expect([(await waiting).variant, (await after).variant]).toEqual(['n-Q4_K_M', 'm-Q2_K']);
  });

  it('does not empty for another what is pinned, and refuses who waited for it in the end', async () => {
    serveAnother();
    const running = await pool.lease('m');
    pool.pin('m', 'loaded');
    const refused = expect(pool.lease('n')).rejects.toThrow(/No point of n fits/);
    await pass(6_000);
    await refused;
    expect([...card.loaded.keys()]).toEqual(['m-Q8_0']);
    running.release();
  });

  it('goes on with the others while one lets a long answer end', async () => {
    Object.assign(card.bytes, { 'n-Q4_K_M': 2, 'n-Q2_K': 1 });
    const small = [rung('Q4_K_M', 2, 0.03), rung('Q2_K', 1, 0.4)];
    pool.serve({
      name: 'n',
      ladder: small.map((one) => ({ ...one, variant: one.variant.replace('m-', 'n-') })),
      reloadMs: 1000,
    });
    card.foreignGib = 3;
    const long = await pool.lease('m');
    card.foreignGib = 0.5;
    const short = await pool.lease('n');
    expect([...card.loaded.keys()]).toEqual(['m-Q4_K_M', 'n-Q4_K_M']);
    const stop = new AbortController();
    const running = govern.run({ signal: stop.signal });
    card.foreignGib = 1.7;
    await pass(3_000);
    expect(pool.models().map(({ changing }) => changing)).toEqual([true, false]);
    await pass(6_000);
    short.release();
    await pass(1_000);
    // Still the long answer, at the point where it began.
    expect([...card.loaded.keys()]).toEqual(['m-Q4_K_M', 'n-Q2_K']);
    long.release();
    await pass(1_000);
    expect([...card.loaded.keys()]).toEqual(['n-Q2_K', 'm-Q2_K']);
    expect(govern.log.entries().map(({ decision }) => decision.action.model)).toEqual(['n', 'm']);
    stop.abort();
    await running;
  });

  it('loads the new point beside the old one where both fit, and lets the old one answer to its end', async () => {
    card.foreignGib = 3;
    const old = await pool.lease('m');
    expect(old.variant).toBe('m-Q4_K_M');
    card.foreignGib = 0.5;
    const moving = pool.perform({ kind: 'switch', model: 'm', from: 1, to: 2 });
    await settle();
    // The old one still answers, and new requests are not held back.
    expect([...card.loaded.keys()]).toEqual(['m-Q4_K_M', 'm-Q2_K']);
    expect((await pool.lease('m')).variant).toBe('m-Q2_K');
    expect((await pool.lease('m')).variant).toBe('m-Q2_K');
    const { ledger } = await govern.status();
    expect(ledger[0]).toMatchObject({ ownBytes: 6.5 * GIB, foreignBytes: 0.5 * GIB });
    old.release();
    await moving;
    expect([...card.loaded.keys()]).toEqual(['m-Q2_K']);
  });

  it('corrects the whole ladder by what the engine reports after a load, for good', async () => {
    pool = new ModelPool({
      ...{ runtime: card, clock, limits: { mostWaiting: 2, waitMs: 30_000 } },
      reported: async (variant) => ({ gpu: (card.loaded.get(variant) ?? 0) * GIB }),
    });
    pool.serve({ name: 'm', ladder: LADDER, reloadMs: 1000 });
    govern = new Govern({ pool, gpu: probe, host: new FixedHostProbe(), clock });
    pool.advice = govern;
    // All take half a GiB more than was predicted.
    Object.assign(card.bytes, { 'm-Q8_0': 6.5, 'm-Q4_K_M': 4.5, 'm-Q2_K': 3 });
    (await pool.lease('m')).release();
    await pool.perform({ kind: 'unload', model: 'm' });
    expect(pool.models()[0]?.ladder.map(({ bytes }) => (bytes['gpu'] ?? 0) / GIB)).toEqual([6.5, 4.5, 3]);
    // 4 GiB as predicted would fit, 4.5 GiB do not.
    card.foreignGib = 2.75;
    expect((await pool.lease('m')).variant).toBe('m-Q2_K');
    expect(card.loads).toEqual(['m-Q8_0', 'm-Q2_K']);
  });

  it('corrects it by the difference of readings where the engine reports nothing, and the log says by how much', async () => {
    pool = new ModelPool({
      ...{ runtime: card, clock, limits: { mostWaiting: 2, waitMs: 30_000 } },
      used: async () => ({ gpu: card.usedGib * GIB }),
    });
    pool.serve({ name: 'm', ladder: LADDER, reloadMs: 1000 });
    govern = new Govern({ pool, gpu: probe, host: new FixedHostProbe(), clock });
    pool.advice = govern;
    const first = await pool.lease('m');
    Object.assign(card.bytes, { 'm-Q4_K_M': 4.5 });
    card.foreignGib = 1.9;
    const looking = look();
    await settle();
    first.release();
    expect((await looking).decision?.action).toMatchObject({ kind: 'switch', to: 1 });
    expect(pool.models()[0]?.ladder.map(({ bytes }) => (bytes['gpu'] ?? 0) / GIB)).toEqual([6, 4.5, 2.75]);
    clock.advance(6_000);
    await look();
    expect(govern.log.entries()).toMatchObject([{ outcome: { errorBytes: -0.5 * GIB } }]);
  });

  it('waits until the driver has given memory back before it loads again, five seconds at most', async () => {
    (await pool.lease('m')).release();
    probe.lateGib = 6;
    const moving = pool.perform({ kind: 'switch', model: 'm', from: 0, to: 1 });
    await pass(1_000);
    expect(card.loads).toEqual(['m-Q8_0']);
    probe.lateGib = 0;
    await pass(250);
    await moving;
    expect(card.loads).toEqual(['m-Q8_0', 'm-Q4_K_M']);
  });

  it('goes back when the new point cannot be loaded at all, says so, and does not try it again soon', async () => {
    (await pool.lease('m')).release();
    pool.pin('m', 'loaded');
    card.broken.add('m-Q4_K_M');
    card.foreignGib = 1.7;
    const changing = look();
    await settle();
    const { decision } = await changing;
    expect(decision?.action).toMatchObject({ kind: 'switch', from: 0, to: 1 });
    expect([...card.loaded.keys()]).toEqual(['m-Q8_0']);
    expect(govern.log.entries()).toMatchObject([{ carriedOut: 'failed', error: 'The file is damaged.' }]);
    clock.advance(6_000);
    expect((await look()).decision?.action).toMatchObject({ kind: 'switch', from: 0, to: 2 });
  });

  it('steps down when the engine runs out of memory while it answers, once for all who failed by it', async () => {
    const [one, two] = [await pool.lease('m'), await pool.lease('m')];
    for (const { release } of [one, two]) release();
    const both = [pool.ranOutOfMemory('m', one.rung), pool.ranOutOfMemory('m', two.rung)];
    await pass(1_000);
    expect(await Promise.all(both)).toEqual([true, true]);
    expect(card.loads).toEqual(['m-Q8_0', 'm-Q4_K_M']);
    expect(govern.log.entries()).toMatchObject([{ decision: { rule: 'out-of-memory', action: { from: 0, to: 1 } } }]);
    await pool.perform({ kind: 'switch', model: 'm', from: 1, to: 2 });
    expect(await pool.ranOutOfMemory('m', 2)).toBe(false);
  });

  it('drops the cache of an idle model before it unloads it, and knows what that freed until it is asked for', async () => {
    const ladder = LADDER.map((one) => ({ ...one, cacheBytes: { gpu: 1.5 * GIB } }));
    const dropped: string[] = [];
    const runtime = Object.assign(card, {
      dropIdleCache: async (name: string) => {
        dropped.push(name);
        card.loaded.set(name, (card.loaded.get(name) ?? 0) - 1.5);
        return true;
      },
    });
    pool = new ModelPool({ runtime, clock, limits: { mostWaiting: 2, waitMs: 30_000 } });
    pool.serve({ name: 'm', ladder, reloadMs: 1000 });
    govern = new Govern({ pool, gpu: probe, host: new FixedHostProbe(), clock });
    pool.advice = govern;
    (await pool.lease('m')).release();
    card.foreignGib = 1.75;
    expect((await look()).decision?.action).toEqual({ kind: 'drop-idle-cache', model: 'm' });
    expect([dropped, [...card.loaded]]).toEqual([['m-Q8_0'], [['m-Q8_0', 4.5]]]);
    const { ledger } = await govern.status();
    expect(ledger[0]).toMatchObject({ ownBytes: 4.5 * GIB, foreignBytes: 1.75 * GIB });
    (await pool.lease('m')).release();
    expect((await govern.status()).ledger[0]).toMatchObject({ ownBytes: 6 * GIB });
  });

  it("drains before it unloads, and without an end, where vLLM's sleep aborts what runs", async () => {
    const running = await pool.lease('m');
    const unloading = pool.perform({ kind: 'unload', model: 'm' });
    // Longer than the half minute that a runtime gives running answers by itself.
    await pass(60_000);
    expect([...card.loaded.keys()]).toEqual(['m-Q8_0']);
    running.release();
    await unloading;
    expect([...card.loaded.keys()]).toEqual([]);
    // Requests that name a level are answered past the pool, by the same engine.
    expect(card.drains).toEqual([Number.POSITIVE_INFINITY]);
  });

  it('only says what it would do in a dry run, and nothing on hold', async () => {
    (await pool.lease('m')).release();
    card.foreignGib = 1.9;
    govern.steer('dry-run');
    expect((await look()).decision).not.toBeNull();
    expect(govern.log.entries()).toMatchObject([{ carriedOut: 'dry-run' }]);
    govern.steer('hold');
    expect((await look()).decision).toBeNull();
    expect([...card.loaded.keys()]).toEqual(['m-Q8_0']);
  });

  it('leaves a pinned model alone', async () => {
    (await pool.lease('m')).release();
    pool.pin('m', 'point');
    card.foreignGib = 1.9;
    expect(await look()).toMatchObject({ decision: null, hold: 'nothing-left' });
  });

  it('publishes each decision, and pressure when it changes', async () => {
    const events: PlimsollEvent[] = [];
    govern = new Govern({
      ...{ pool, gpu: probe, host: new FixedHostProbe(), clock },
      events: { publish: (event) => events.push(event) },
    });
    pool.advice = govern;
    (await pool.lease('m')).release();
    await look();
    card.foreignGib = 1.9;
    clock.advance(1000);
    await look();
    clock.advance(6000);
    await look();
    expect(events).toMatchObject([
      { type: 'memory-pressure', domain: 'gpu', level: 'hard', capacityBytes: 8 * GIB },
      { type: 'governor-decided', decision: { rule: 'hard-pressure' }, carriedOut: 'done' },
      { type: 'memory-pressure', domain: 'gpu', level: 'none' },
    ]);
  });

  it('holds the models of all devices together to one limit', async () => {
    (await pool.lease('m')).release();
    govern = new Govern({ pool, gpu: probe, host: new FixedHostProbe(), clock, limitBytes: 7 * GIB });
    const other = gpuReading({ deviceId: 'other', atMs: clock.nowMs(), totalBytes: 8 * GIB, usedBytes: 0 });
    probe.readings = [...(await probe.read()), other];
    const { ledger } = await govern.status();
    expect(ledger.filter(({ domain }) => domain !== 'host').map(({ freeBytes }) => freeBytes)).toEqual([GIB, GIB]);
  });

  it('takes note of a model that the backend let go by itself, and brings it in again when it is asked for', async () => {
    pool = new ModelPool({
      ...{ runtime: card, clock, limits: { mostWaiting: 2, waitMs: 30_000 } },
      resident: async () => [...card.loaded.keys()],
    });
    pool.serve({ name: 'm', ladder: LADDER, reloadMs: 1000 });
    govern = new Govern({ pool, gpu: probe, host: new FixedHostProbe(), clock });
    pool.advice = govern;
    const lease = await pool.lease('m');
    card.loaded.clear();
    await look();
    // Not while it answers: the backend may only say late that it is there.
    expect(pool.models()[0]).toMatchObject({ loaded: true });
    lease.release();
    await look();
    expect(pool.models()[0]).toMatchObject({ loaded: false });
    (await pool.lease('m')).release();
    expect(card.loads).toEqual(['m-Q8_0', 'm-Q8_0']);
  });

  it('takes a host whose tasks wait for memory for the hard band', async () => {
    govern = new Govern({ pool, gpu: probe, host: new FixedHostProbe({ memoryStallShare: 0.7 }), clock });
    const { state } = await govern.look();
    expect(state.pressure['host']).toMatchObject({ level: 'hard' });
  });

  it('looks at once when a request comes in while nothing was served', async () => {
    const stop = new AbortController();
    let reads = 0;
    govern = new Govern({
      gpu: { read: () => ((reads += 1), probe.read()) },
      ...{ pool, host: new FixedHostProbe(), clock },
    });
    const running = govern.run({ signal: stop.signal });
    pool.advice = govern;
    await settle();
    const before = reads;
    const lease = await pool.lease('m');
    await settle();
    // One reading to let the model in, and at least one look.
    expect(reads).toBeGreaterThan(before + 1);
    lease.release();
    stop.abort();
    await running;
  });

  it('goes on looking when a probe fails, and stops when it is told to', async () => {
    const stop = new AbortController();
    const running = govern.run({ signal: stop.signal });
    await settle();
    stop.abort();
    await running;
    expect((await govern.status()).mode).toBe('active');
  });
});
