import { bytesHeld, ladderOf, quantizationNamed } from '@plimsoll/domain';
import fc from 'fast-check';

const GIB = 1024 ** 3;
const DOMAINS = ['gpu-0', 'gpu-1', 'host'];

const point = fc.record({
  gib: fc.double({ min: 0.5, max: 24, noNaN: true }),
  hostGib: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 12, noNaN: true })),
  loss: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(null)),
  speed: fc.oneof(fc.double({ min: 1, max: 100, noNaN: true }), fc.constant(null)),
  parallel: fc.constantFrom(1, 2, 4, 8),
  context: fc.constantFrom(2048, 8192, 32_768),
  cache: fc.constantFrom('f16', 'q8_0'),
  level: fc.constantFrom('F16', 'Q8_0', 'Q5_K_M', 'Q4_K_M', 'Q2_K'),
  powerW: fc.oneof(fc.constant(null), fc.integer({ min: 60, max: 300 })),
});

const model = fc.record({
  device: fc.constantFrom('gpu-0', 'gpu-0', 'gpu-1'),
  points: fc.array(point, { minLength: 1, maxLength: 6 }),
  pin: fc.constantFrom('none', 'none', 'none', 'loaded', 'point'),
  loadMs: fc.constantFrom(0, 3000, 20_000),
  /** How long its last answers go on before it moves. */
  drainMs: fc.constantFrom(0, 60_000, 600_000),
  /** What it really takes, as a share of what was predicted; null where the engine does not report it. */
  really: fc.oneof(fc.constant(null), fc.double({ min: 0.8, max: 1.3, noNaN: true })),
});

const storm = fc.record({
  stepMs: fc.constantFrom(250, 1000, 1000, 10_000, 60_000, 300_000),
  /** Shares of each memory that other programs hold. */
  foreign: fc.tuple(...DOMAINS.map(() => fc.double({ min: 0, max: 1, noNaN: true }))),
  /** Whether they changed at all: most of the time they do not. */
  moves: fc.boolean(),
  probe: fc.constantFrom('fresh', 'fresh', 'fresh', 'fresh', 'stale', 'missing'),
  throttling: fc.constantFrom(null, false, false, true),
  marginC: fc.oneof(fc.constant(null), fc.integer({ min: -2, max: 40 })),
  powerW: fc.oneof(fc.constant(null), fc.integer({ min: 20, max: 350 })),
  stall: fc.constantFrom(null, 0, 0, 0, 0.3, 0.9),
  active: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
  runsOut: fc.constantFrom(false, false, false, false, false, false, true),
});

/** Most of the time little goes on; others take a little more, or less. */
const calm = fc.record({
  stepMs: fc.constantFrom(60_000, 150_000, 300_000),
  foreign: fc.tuple(...DOMAINS.map(() => fc.double({ min: 0, max: 0.5, noNaN: true }))),
  moves: fc.constantFrom(false, false, false, true),
  probe: fc.constant('fresh'),
  throttling: fc.constant(false),
  marginC: fc.constant(30),
  powerW: fc.integer({ min: 20, max: 350 }),
  stall: fc.constant(0),
  active: fc.tuple(fc.nat(1), fc.nat(1), fc.nat(1)),
  runsOut: fc.constant(false),
});
const spell = fc.oneof(
  fc.array(storm, { minLength: 1, maxLength: 6 }),
  fc.array(calm, { minLength: 4, maxLength: 12 }),
);

/** A machine, models with ladders on it, and what happens to them. */
export const traces = fc.record({
  gib: fc.tuple(fc.integer({ min: 4, max: 80 }), fc.integer({ min: 4, max: 80 }), fc.integer({ min: 8, max: 256 })),
  limitShare: fc.oneof(fc.constant(null), fc.double({ min: 0.2, max: 1, noNaN: true })),
  models: fc.array(model, { minLength: 1, maxLength: 3 }),
  events: fc.array(spell, { minLength: 1, maxLength: 10, size: 'max' }).map((spells) => spells.flat()),
});

const rungOf = (device, { gib, hostGib, loss, speed, parallel, context, cache, level, powerW }) => ({
  point: {
    quantization: quantizationNamed(level),
    contextTokens: context,
    parallel,
    microBatchTokens: 512,
    keyCacheType: cache,
    valueCacheType: cache,
    flashAttention: 'auto',
    placement: { gpuLayers: 33, split: [1], expertLayersOnHost: hostGib > 0 ? 8 : 0 },
  },
  bytes: { [device]: gib * GIB, host: hostGib * GIB },
  decodeTokensPerSecond: speed,
  loss,
  powerW,
});

/** The trace's machine in motion: what is decided is done, and takes the time that a load takes. */
export class Machine {
  nowMs = 0;
  models;
  limitBytes;
  #totals;
  #foreign = [0, 0, 0];
  #facts;
  #readAtMs = 0;
  #ready = new Map();

  constructor({ gib, limitShare, models }) {
    this.#totals = gib.map((n) => n * GIB);
    this.limitBytes =
      limitShare === null
        ? undefined
        : { 'gpu-0': this.#totals[0] * limitShare, 'gpu-1': this.#totals[1] * limitShare };
    this.#facts = models;
    this.models = models.map(({ device, points, pin, loadMs }, index) => ({
      name: `model-${index}`,
      ladder: ladderOf(points.map((one) => rungOf(device, one))),
      rung: 0,
      loaded: false,
      pin,
      changing: false,
      activeRequests: 0,
      concurrencyLimit: null,
      idleCache: {},
      reported: null,
      lastUsedMs: 0,
      reloadMs: loadMs,
    }));
  }

  /** Lets the event happen, and gives what is seen of it. */
  input({ stepMs, foreign, moves, probe, throttling, marginC, powerW, stall, active, runsOut }) {
    this.nowMs += stepMs;
    if (moves) this.#foreign = foreign;
    for (const [name, { rung, atMs }] of this.#ready) {
      if (this.nowMs < atMs) continue;
      this.#ready.delete(name);
      if (this.models.find((one) => one.name === name).loaded) this.#begin(name, rung);
      else this.#arrive(name, rung);
    }
    this.models.forEach(({ name, loaded }, index) => {
      const activeRequests = loaded ? active[index] : 0;
      this.#change(name, activeRequests > 0 ? { activeRequests, lastUsedMs: this.nowMs } : { activeRequests });
    });
    if (probe === 'fresh') this.#readAtMs = this.nowMs;
    const memory = DOMAINS.map((domain, index) => {
      const own = this.models.reduce((sum, one) => sum + bytesHeld(one, domain), 0);
      const used = this.#totals[index] * this.#foreign[index] + own;
      const [atMs, totalBytes] = [this.#readAtMs, this.#totals[index]];
      return { domain, atMs, totalBytes, usedBytes: probe === 'missing' ? null : Math.min(totalBytes, used) };
    });
    const heat = ['gpu-0', 'gpu-1'].map((device) => ({ device, atMs: this.#readAtMs, throttling, marginC, powerW }));
    const outOfMemory = runsOut ? this.models.slice(0, 1).map(({ name }) => name) : [];
    const { nowMs, models, limitBytes } = this;
    return { nowMs, memory, heat, models, limitBytes, hostStallShare: stall, outOfMemory };
  }

  /** Which models are asked for and not there. */
  wanted({ active }) {
    return this.models.filter(({ loaded, changing }, index) => !loaded && !changing && active[index] > 0);
  }

  perform(action) {
    switch (action.kind) {
      case 'unload':
        return this.unload(action.model);
      case 'limit-concurrency':
        return this.#change(action.model, { concurrencyLimit: action.to });
      case 'switch':
        return this.load(action.model, action.to);
      default:
        throw new Error(`nothing here has an idle cache: ${action.kind}`);
    }
  }

  unload(name) {
    this.#change(name, { loaded: false, reported: null });
  }

  /** What is loaded lets its answers end first. */
  load(name, rung) {
    const index = this.models.findIndex((one) => one.name === name);
    const { loaded, activeRequests } = this.models[index];
    const { drainMs } = this.#facts[index];
    if (!loaded || activeRequests === 0 || drainMs === 0) return this.#begin(name, rung);
    this.#change(name, { changing: true });
    this.#ready.set(name, { rung, atMs: this.nowMs + drainMs });
  }

  #begin(name, rung) {
    const { ladder, reloadMs } = this.models.find((one) => one.name === name);
    if (reloadMs === 0) return this.#arrive(name, rung);
    this.#change(name, { rung, loaded: false, changing: true, incoming: ladder[rung].bytes, reported: null });
    this.#ready.set(name, { rung, atMs: this.nowMs + reloadMs });
  }

  #arrive(name, rung) {
    const facts = { loaded: true, changing: false, incoming: undefined };
    this.#change(name, { rung, ...facts, reported: this.#reported(name, rung) });
  }

  #reported(name, rung) {
    const index = this.models.findIndex((one) => one.name === name);
    const { really } = this.#facts[index];
    if (really === null) return null;
    const { bytes } = this.models[index].ladder[rung];
    return Object.fromEntries(Object.entries(bytes).map(([domain, held]) => [domain, held * really]));
  }

  #change(name, facts) {
    this.models = this.models.map((one) => (one.name === name ? { ...one, ...facts } : one));
  }
}
