import { BackendFailedError, BusyError, CancelledError, OutOfMemoryError, preset } from '@plimsoll/domain';
import type { Level, PlimsollEvent } from '@plimsoll/domain';
import { FixedGpuProbe, FixedHostProbe, ManualClock, gpuReading } from '@plimsoll/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { Govern } from './govern.js';
import { ModelPool } from './model-pool.js';
import type { ServedRung } from './model-pool.js';

const GIB = 1024 ** 3;

const rung = (level: Level, gib: number, loss: number): ServedRung => ({
  variant: `m-${level}`,
  digest: null,
  point: {
    quantization: preset(level),
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

  async unload(name: string): Promise<void> {
    this.loaded.delete(name);
  }
}

const LADDER = [rung('Q8_0', 6, 0.001), rung('Q4_K_M', 4, 0.03), rung('Q2_K', 2.5, 0.4)];

describe('the governor at work', () => {
  let card: Card;
  let clock: ManualClock;
  let probe: FixedGpuProbe;
  let pool: ModelPool;
  let govern: Govern;

  const read = (): void => {
    probe.readings = [
      gpuReading({
        deviceId: 'gpu',
        atMs: clock.nowMs(),
        totalBytes: 8 * GIB,
        usedBytes: Math.min(8, card.usedGib) * GIB,
      }),
    ];
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  const look = async (): ReturnType<Govern['look']> => {
    read();
    return govern.look();
  };

  beforeEach(() => {
    card = new Card();
    clock = new ManualClock(1_000_000);
    probe = new FixedGpuProbe();
    pool = new ModelPool({ runtime: card, clock, limits: { mostWaiting: 2, waitMs: 30_000 } });
    pool.serve({ name: 'm', ladder: LADDER, reloadMs: 1000 });
    govern = new Govern({ pool, gpu: probe, host: new FixedHostProbe(), clock });
    pool.advice = govern;
    read();
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

  it('comes back up when memory has been free for five minutes, and tells how it turned out', async () => {
    card.foreignGib = 3;
    read();
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

  it('makes room by unloading who is idle, and never who answers', async () => {
    pool.serve({
      name: 'n',
      ladder: LADDER.map((one) => ({ ...one, variant: one.variant.replace('m-', 'n-') })),
      reloadMs: 1000,
    });
    const busy = await pool.lease('m');
    read();
    await expect(pool.lease('n')).rejects.toThrow(/No point of n fits/);
    busy.release();
    read();
    expect((await pool.lease('n')).variant).toBe('n-Q8_0');
    expect([...card.loaded.keys()]).toEqual(['n-Q8_0']);
  });

  it('only says what it would do in a dry run, and nothing on hold', async () => {
    (await pool.lease('m')).release();
    card.foreignGib = 1.9;
    govern.mode = 'dry-run';
    expect((await look()).decision).not.toBeNull();
    expect(govern.log.entries()).toMatchObject([{ carriedOut: 'dry-run' }]);
    govern.mode = 'hold';
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
    read();
    probe.readings = [...probe.readings, other];
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

  it('goes on looking when a probe fails, and stops when it is told to', async () => {
    const stop = new AbortController();
    const running = govern.run({ signal: stop.signal });
    await settle();
    stop.abort();
    await running;
    expect((await govern.status()).mode).toBe('active');
  });
});
