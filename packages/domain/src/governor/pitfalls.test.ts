import { describe, expect, it } from 'vitest';
import { GIB, gpu, heat, look, model, rung } from './__fixtures__/machine.js';
import { admit } from './admit.js';
import { decide } from './decide.js';
import { DEFAULT_GOVERNOR_POLICY as POLICY } from './governor-policy.js';
import type { GovernorInput, GovernorState } from './governor-state.js';
import { INITIAL_GOVERNOR_STATE } from './governor-state.js';

/** Faults that other projects paid for; each is named where it was reported. */
describe('pitfalls', () => {
  /** Looks once a second and does at once what is decided. */
  function live(minutes: number, input: (nowMs: number, at: number) => GovernorInput): readonly number[] {
    let state: GovernorState = INITIAL_GOVERNOR_STATE;
    let at = 0;
    const rungs: number[] = [];
    for (let nowMs = 0; nowMs < minutes * 60_000; nowMs += 1000) {
      const result = decide(POLICY, state, input(nowMs, at));
      ({ state } = result);
      if (result.decision?.action.kind === 'switch') at = result.decision.action.to;
      rungs.push(at);
    }
    return rungs;
  }
  const busy = (at: number): ReturnType<typeof model> => model('a', { rung: at, activeRequests: 1 });
  const own = [10, 9, 6, 4];

  it('recovers once memory is free again, instead of holding back for ever (OmniRoute #13821)', () => {
    const rungs = live(30, (nowMs, at) => look(nowMs, (own[at] ?? 0) + (nowMs < 600_000 ? 14 : 1), [busy(at)]));
    expect(rungs[599]).toBeGreaterThan(0);
    expect(rungs.at(-1)).toBe(0);
  });

  it('does not take the page cache of mapped files for pressure (OmniRoute PR#12017, tuist PR#12273)', () => {
    // The reading of the host is total − available by contract; the cache is available.
    const memory = [{ domain: 'host', atMs: 0, totalBytes: 32 * GIB, usedBytes: 32 * GIB - 30 * GIB }];
    expect(
      decide(POLICY, INITIAL_GOVERNOR_STATE, { nowMs: 0, memory, heat: [], models: [busy(0)] }).decision,
    ).toBeNull();
  });

  it('frees what is held instead of refusing new work (PraisonAI #3804)', () => {
    const { decision } = decide(POLICY, INITIAL_GOVERNOR_STATE, look(0, 23.9, [busy(0)]));
    expect(decision?.prediction.freeBytesAfter).toBeGreaterThan(decision?.prediction.freeBytesBefore ?? 0);
  });

  it('takes no power cap for heat (NVML 0x4)', () => {
    // A power cap is not among the heat readings; a device that is only capped throttles for no heat.
    const { decision } = decide(POLICY, INITIAL_GOVERNOR_STATE, look(0, 10, [busy(0)], { heat: [heat(0)] }));
    expect(decision).toBeNull();
  });

  it('plans against the state after eviction, not the occupied one (Kronk #809)', () => {
    const incoming = model('new', { loaded: false });
    const idle = model('old', { lastUsedMs: -1 });
    const input = { nowMs: 0, memory: [gpu(0, 12)], models: [idle, incoming], limitBytes: { gpu: 14 * GIB } };
    expect(admit(POLICY, input, incoming)).toEqual({ rung: 0, unload: ['old'] });
  });

  it('never evicts a model with active requests', () => {
    const incoming = model('new', { loaded: false });
    const input = { nowMs: 0, memory: [gpu(0, 20)], models: [model('old', { activeRequests: 1 }), incoming] };
    expect(admit(POLICY, input, incoming)).toBeNull();
  });

  describe('models that are asked for in turn', () => {
    const nowMs = 1_000_000;
    const present = model('present', { lastUsedMs: nowMs - 10_000 });
    const back = model('back', { loaded: false, leftMs: nowMs - 20_000 });
    const admitted = (here: typeof present, comes: typeof back, usedGib = 13): unknown =>
      admit(POLICY, { nowMs, memory: [gpu(nowMs, usedGib)], models: [here, comes] }, comes);

    it('do not push each other out: the one that comes back takes a point beside the other', () => {
      expect(admitted(present, back)).toEqual({ rung: 2, unload: [] });
    });

    it('make room for one that was never here, or has been away for eight of its loads', () => {
      const best = { rung: 0, unload: ['present'] };
      expect(admitted(present, { ...back, leftMs: undefined })).toEqual(best);
      expect(admitted(present, { ...back, leftMs: nowMs - 40_000 })).toEqual(best);
    });

    it('make room when nobody has asked for the other for long', () => {
      expect(admitted({ ...present, lastUsedMs: nowMs - 40_000 }, back)).toEqual({ rung: 0, unload: ['present'] });
    });

    it('leave each other room when the other is too large to stay as it is', () => {
      const large = { ...present, ladder: [rung({ level: 'F16', gib: 18, loss: 0 }), ...present.ladder] };
      // Not Q8_0 at 10 GiB alone: with 4 GiB for the other's smallest point as well.
      expect(admitted(large, { ...back, ladder: large.ladder }, 18)).toEqual({ rung: 1, unload: ['present'] });
    });

    it('push each other out when the point beside the other is less than half as fast', () => {
      const slow = back.ladder.map((one, index) => (index < 2 ? one : { ...one, decodeTokensPerSecond: 24 }));
      expect(admitted(present, { ...back, ladder: slow })).toEqual({ rung: 0, unload: ['present'] });
    });
  });

  it('does not oscillate on a sawtooth at the threshold', () => {
    const rungs = live(60, (nowMs, at) =>
      look(nowMs, (own[at] ?? 0) + (Math.floor(nowMs / 20_000) % 2 === 0 ? 13.9 : 10), [busy(at)]),
    );
    const switches = rungs.filter((at, index) => index > 0 && at !== rungs[index - 1]).length;
    // One step at the first crest, and none back up between two crests.
    expect(rungs[0]).toBeGreaterThan(0);
    expect(switches).toBe(0);
  });

  it('ranks by measured power, not by bits: IQ3_XS ran at 90 °C where Q4_K_M ran at 66 °C (llama.cpp #8760)', () => {
    const ladder = [
      rung({ level: 'Q8_0', gib: 8, loss: 0.001, powerW: 250 }),
      rung({ level: 'Q4_K_M', gib: 5, loss: 0.03, powerW: 180 }),
      rung({ level: 'IQ3_XS', gib: 4, loss: 0.1, powerW: 260 }),
    ];
    const hot = look(0, 10, [model('a', { ladder, activeRequests: 1 })], { heat: [heat(0, { throttling: true })] });
    expect(decide(POLICY, INITIAL_GOVERNOR_STATE, hot).decision?.action).toMatchObject({ kind: 'switch', to: 1 });
  });

  it('does not go up while others take more and more', () => {
    const rungs = live(60, (nowMs, at) =>
      look(nowMs, (own[at] ?? 0) + (nowMs / 3_600_000) * 10, [busy(at === 0 ? 2 : at)]),
    );
    expect(Math.min(...rungs.map((at) => (at === 0 ? 2 : at)))).toBe(2);
  });

  it('is not passed to and fro by two memories that are short in turn', () => {
    const ladder = [
      rung({ level: 'Q8_0', gib: 9, hostGib: 0, loss: 0.001, speed: 50 }),
      rung({ level: 'Q8_0', gib: 2, hostGib: 7, loss: 0.001, speed: 10 }),
    ];
    let switches = 0;
    let before = 0;
    live(60, (nowMs, at) => {
      if (at !== before) switches += 1;
      before = at;
      const [device, host] = at === 0 ? [9, 0] : [2, 7];
      const short = at === 0 ? 'gpu' : 'host';
      const memory = [
        { ...gpu(nowMs, short === 'gpu' ? 23.5 : device), domain: 'gpu' },
        { ...gpu(nowMs, short === 'host' ? 23.5 : host), domain: 'host' },
      ];
      return { nowMs, memory, heat: [], models: [model('a', { ladder, rung: at, activeRequests: 1 })] };
    });
    expect(switches).toBe(POLICY.stepsPerHour);
  });

  it('latches after too many steps in an hour, and finds the way out', () => {
    const steps = Array.from({ length: POLICY.stepsPerHour }, (_, index) => ({
      atMs: index * 1000,
      model: 'a',
      direction: 'down' as const,
    }));
    const latched = decide(POLICY, { ...INITIAL_GOVERNOR_STATE, steps }, look(10_000, 5, [busy(2)]));
    expect(latched.state.latched).toEqual({ a: 10_000 });
    const later = decide(POLICY, latched.state, look(3_700_000, 5, [busy(2)]));
    expect(later.state.latched).toEqual({});
  });
});
