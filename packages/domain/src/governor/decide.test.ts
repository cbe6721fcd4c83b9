import { describe, expect, it } from 'vitest';
import { LADDER, gpu, heat, look, model, rung } from './__fixtures__/machine.js';
import { admit } from './admit.js';
import { decide } from './decide.js';
import type { GovernorLook } from './decide.js';
import { DEFAULT_GOVERNOR_POLICY, withUsageSwitch } from './governor-policy.js';
import type { GovernorInput, GovernorState } from './governor-state.js';
import { INITIAL_GOVERNOR_STATE } from './governor-state.js';

const POLICY = DEFAULT_GOVERNOR_POLICY;
const MINUTE = 60_000;

/** Looks once a second from `fromMs`, until a step is decided or the time is over. */
function watch(
  state: GovernorState,
  fromMs: number,
  untilMs: number,
  input: (nowMs: number) => GovernorInput,
): GovernorLook {
  let last: GovernorLook = { state, decision: null, hold: 'healthy' };
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs += 1000) {
    last = decide(POLICY, last.state, input(nowMs));
    if (last.decision !== null) return last;
  }
  return last;
}

const first = (input: GovernorInput): GovernorLook => decide(POLICY, INITIAL_GOVERNOR_STATE, input);

describe('down', () => {
  it('steps down within one reading in the hard band', () => {
    const { decision } = first(look(0, 23.5, [model('a', { activeRequests: 1 })]));
    expect(decision).toMatchObject({
      rule: 'hard-pressure',
      direction: 'down',
      action: { kind: 'switch', model: 'a' },
    });
  });

  it('keeps what was read beside what it decided', () => {
    const { decision } = first({ ...look(0, 23.5, [model('a', { activeRequests: 1 })]), hostStallShare: 0.01 });
    const [memory] = decision?.inputs.memory ?? [];
    expect(memory).toMatchObject({ domain: 'gpu', usedBytes: 23.5 * 1024 ** 3, freeBytes: 0.5 * 1024 ** 3 });
    expect(decision?.inputs.hostStallShare).toBe(0.01);
  });

  it('waits in the soft band until it has lasted', () => {
    const models = [model('a', { activeRequests: 1 })];
    const { decision } = watch(INITIAL_GOVERNOR_STATE, 0, 60_000, (nowMs) => look(nowMs, 22, models));
    expect(decision).toMatchObject({ rule: 'soft-pressure', atMs: 15_000 });
  });

  it('forgets a soft band that was left in between', () => {
    const models = [model('a', { activeRequests: 1 })];
    const { decision } = watch(INITIAL_GOVERNOR_STATE, 0, 60_000, (nowMs) =>
      look(nowMs, nowMs % 10_000 === 0 ? 15 : 22, models),
    );
    expect(decision).toBeNull();
  });

  it('drops idle cache before it unloads, and unloads before it touches a level', () => {
    const busy = model('busy', { activeRequests: 1, rung: 2 });
    const cached = model('cached', { idleCache: { gpu: 4 * 1024 ** 3 }, activeRequests: 1, rung: 2 });
    const idle = model('idle', { rung: 2 });
    expect(first(look(0, 23.5, [busy, cached, idle])).decision?.action).toEqual({
      kind: 'drop-idle-cache',
      model: 'cached',
    });
    expect(first(look(0, 23.5, [busy, idle])).decision?.action).toEqual({ kind: 'unload', model: 'idle' });
  });

  it('does not drop a cache again that was back at once, and does more instead', () => {
    const back = (nowMs: number): ReturnType<typeof model> =>
      model('a', { idleCache: { gpu: 4 * 1024 ** 3 }, rung: 2, lastUsedMs: nowMs - 1 });
    const { state } = first(look(0, 23.5, [back(0)]));
    const later = (nowMs: number): unknown => decide(POLICY, state, look(nowMs, 23.5, [back(nowMs)])).decision?.action;
    expect(later(60_000)).toEqual({ kind: 'unload', model: 'a' });
    expect(later(POLICY.reversalMs)).toEqual({ kind: 'drop-idle-cache', model: 'a' });
  });

  it('unloads what is back soonest, and never what is pinned or at work', () => {
    const models = [
      model('slow', { reloadMs: 60_000, rung: 3 }),
      model('quick', { reloadMs: 2000, rung: 3 }),
      model('pinned', { reloadMs: 1000, pin: 'loaded', rung: 3 }),
      model('busy', { reloadMs: 500, activeRequests: 1, rung: 3 }),
    ];
    expect(first(look(0, 23.9, models)).decision?.action).toEqual({ kind: 'unload', model: 'quick' });
  });

  it('gives up sequences before levels, and takes a larger step when the small one frees too little', () => {
    const busy = [model('a', { activeRequests: 1 })];
    // 1 GiB would do to leave the hard band, but not the soft one; 4 GiB leave both.
    expect(first(look(0, 23.5, busy)).decision?.action).toMatchObject({ kind: 'switch', to: 2 });
    const plenty = [
      model('a', {
        activeRequests: 1,
        ladder: [rung({ level: 'Q8_0', gib: 14, loss: 0.0014, parallel: 8 }), ...LADDER],
      }),
    ];
    expect(first(look(0, 23.5, plenty)).decision?.action).toMatchObject({ kind: 'switch', to: 1 });
  });

  it('counts what the engine reported, not what was predicted', () => {
    const reported = { gpu: 12 * 1024 ** 3 };
    const { decision } = first(look(0, 23.5, [model('a', { activeRequests: 1, reported })]));
    const freed = (decision?.prediction.freeBytesAfter ?? 0) - (decision?.prediction.freeBytesBefore ?? 0);
    // The rung is expected to be as much larger than predicted as the present one is.
    expect(freed).toBe(4 * 1024 ** 3);
  });

  it('leaves a pinned point alone and says that nothing is left', () => {
    expect(first(look(0, 23.9, [model('a', { pin: 'point', activeRequests: 1 })]))).toMatchObject({
      decision: null,
      hold: 'nothing-left',
    });
  });

  it('keeps our own models below the limit of the settings, however much is free', () => {
    const limitBytes = { gpu: 9.5 * 1024 ** 3 };
    const { decision } = first(look(0, 12, [model('a', { activeRequests: 1 })], { limitBytes }));
    expect(decision).toMatchObject({ rule: 'hard-pressure', action: { kind: 'switch' } });
  });

  it('answers a full machine by one step at a time', () => {
    const models = [model('a', { activeRequests: 1 }), model('b', { activeRequests: 1 })];
    const one = first(look(0, 24, models));
    expect(one.decision).not.toBeNull();
    expect(decide(POLICY, one.state, look(1000, 24, models))).toMatchObject({ decision: null, hold: 'settling' });
  });

  it('takes want of memory in an engine for a reading, and steps below the point that failed', () => {
    const models = [model('a', { loaded: false, rung: 1 })];
    const { decision, state } = first(look(0, 14, models, { outOfMemory: ['a'] }));
    expect(decision).toMatchObject({ rule: 'out-of-memory', action: { kind: 'switch', model: 'a', from: 1, to: 2 } });
    expect(state.failed).toMatchObject([{ model: 'a', rung: 1 }]);
  });

  it('takes a stalled host for the hard band, whatever is said to be free', () => {
    const memory = [{ domain: 'host', atMs: 0, totalBytes: 32e9, usedBytes: 16e9 }];
    const onHost = [
      rung({ level: 'Q8_0', gib: 0, hostGib: 9, loss: 0.001 }),
      rung({ level: 'Q4_K_M', gib: 0, hostGib: 5, loss: 0.03 }),
    ];
    const models = [model('a', { ladder: onHost, activeRequests: 1 })];
    const input = { nowMs: 0, memory, heat: [], models };
    expect(first({ ...input, hostStallShare: 0.2 }).decision).toBeNull();
    expect(first({ ...input, hostStallShare: 0.7 }).decision).toMatchObject({ rule: 'hard-pressure' });
  });
});

it('lets a model in beyond the line of the settings, as long as there is room', () => {
  const policy = withUsageSwitch(POLICY, { aboveUsage: 0.2, toBits: 4 });
  const incoming = model('a', { loaded: false });
  expect(admit(policy, { nowMs: 0, memory: [gpu(0, 8)], models: [incoming] }, incoming)).toEqual({
    rung: 0,
    unload: [],
  });
});

describe('the line of the settings', () => {
  const policy = withUsageSwitch(POLICY, { aboveUsage: 0.8, toBits: 4 });
  const at = (usedGib: number, facts = {}, fromMs = 0): GovernorLook => {
    let last: GovernorLook = { state: INITIAL_GOVERNOR_STATE, decision: null, hold: 'healthy' };
    for (let nowMs = fromMs; nowMs <= fromMs + MINUTE && last.decision === null; nowMs += 1000) {
      last = decide(policy, last.state, look(nowMs, usedGib, [model('a', facts)]));
    }
    return last;
  };

  it('goes to 4 bits when more than 0.8 has been in use for 15 seconds, without a stop between', () => {
    expect(at(19.3).decision).toMatchObject({ rule: 'usage', atMs: 15_000, action: { kind: 'switch', to: 2 } });
    expect(at(19.1).decision).toBeNull();
    expect(first(look(0, 19.3, [model('a')])).decision).toBeNull();
  });

  it('leaves alone what has 4 bits already, and what is pinned', () => {
    expect(at(19.3, { rung: 2 }).decision).toBeNull();
    expect(at(19.3, { pin: 'point' }).decision).toBeNull();
  });

  it('goes up only to what stays clear of the line', () => {
    const up = (usedGib: number): GovernorLook => {
      let last: GovernorLook = { state: INITIAL_GOVERNOR_STATE, decision: null, hold: 'healthy' };
      for (let nowMs = 0; nowMs <= 10 * MINUTE && last.decision === null; nowMs += 1000) {
        last = decide(policy, last.state, look(nowMs, usedGib, [model('a', { rung: 2 })]));
      }
      return last;
    };
    // 4 GiB more than now at the best point, and a quarter of the card has to stay free.
    expect(up(13.9).decision).toMatchObject({ direction: 'up', action: { to: 0 } });
    expect(up(14.1).decision).toMatchObject({ direction: 'up', action: { to: 1 } });
    expect(up(15.1).decision).toBeNull();
  });
});

describe('the mark on the hull', () => {
  it('counts as the whole memory: its bands are shares of the limit', () => {
    const models = [model('a', { activeRequests: 1 })];
    const within = first(look(0, 12, models, { limitBytes: { gpu: 12 * 1024 ** 3 } }));
    expect(within.decision).toBeNull();
    const close = first(look(0, 12, models, { limitBytes: { gpu: 10.4 * 1024 ** 3 } }));
    expect(close.decision).toMatchObject({ rule: 'hard-pressure', action: { kind: 'switch', to: 2 } });
  });
});

describe('up', () => {
  const low = (facts = {}): ReturnType<typeof model> => model('a', { rung: 2, ...facts });

  it('waits for five healthy minutes, then takes the best point that fits after the step', () => {
    const { decision } = watch(INITIAL_GOVERNOR_STATE, 0, 10 * MINUTE, (nowMs) => look(nowMs, 8, [low()]));
    expect(decision).toMatchObject({ atMs: 5 * MINUTE, direction: 'up', action: { from: 2, to: 0 } });
  });

  it('plans against the state after the step: its own bytes count as free', () => {
    // 6 of 24 GiB are its own; 14.4 + 6 − 9 leaves more than 15 %, 14.4 + 6 − 10 as well, but 18 used does not.
    const { decision } = watch(INITIAL_GOVERNOR_STATE, 0, 10 * MINUTE, (nowMs) => look(nowMs, 17, [low()]));
    expect(decision?.action).toMatchObject({ to: 1 });
    const none = watch(INITIAL_GOVERNOR_STATE, 0, 10 * MINUTE, (nowMs) => look(nowMs, 18, [low()]));
    expect(none.decision).toBeNull();
  });

  it('begins to wait anew after each spell of pressure', () => {
    const { decision } = watch(INITIAL_GOVERNOR_STATE, 0, 10 * MINUTE, (nowMs) =>
      look(nowMs, nowMs === 4 * MINUTE ? 22 : 8, [low()]),
    );
    expect(decision).toMatchObject({ direction: 'up', atMs: 9 * MINUTE + 1000 });
  });

  it('never goes up on stale or missing readings', () => {
    const stale = watch(INITIAL_GOVERNOR_STATE, 0, 20 * MINUTE, (nowMs) =>
      look(nowMs, 8, [low()], { memory: [gpu(Math.min(nowMs, 3 * MINUTE), 8)] }),
    );
    expect(stale).toMatchObject({ decision: null, hold: 'stale' });
    const missing = watch(INITIAL_GOVERNOR_STATE, 0, 20 * MINUTE, (nowMs) => look(nowMs, null, [low()]));
    expect(missing).toMatchObject({ decision: null, hold: 'stale' });
  });

  it('does not try a point again that ran out of memory', () => {
    const failed = [{ model: 'a', rung: 1, untilMs: 60 * MINUTE }];
    const { decision } = watch({ ...INITIAL_GOVERNOR_STATE, failed }, 0, 30 * MINUTE, (nowMs) =>
      look(nowMs, 8, [low()]),
    );
    expect(decision).toBeNull();
  });

  it('waits twice as long after each reversal', () => {
    const up = watch(INITIAL_GOVERNOR_STATE, 0, 10 * MINUTE, (nowMs) => look(nowMs, 8, [low()]));
    const upAt = up.decision?.atMs ?? 0;
    const down = watch(up.state, upAt + 10_000, upAt + MINUTE, (nowMs) =>
      look(nowMs, 23.5, [model('a', { activeRequests: 1 })]),
    );
    expect(down.state.reversals).toEqual({ a: 1 });
    const downAt = down.decision?.atMs ?? 0;
    const again = watch(down.state, downAt + 6000, downAt + 20 * MINUTE, (nowMs) => look(nowMs, 8, [low()]));
    expect((again.decision?.atMs ?? 0) - downAt).toBe(10 * MINUTE + 6000);
  });
});

describe('heat', () => {
  const hot = (nowMs: number, facts = {}): GovernorInput['heat'] => [heat(nowMs, { throttling: true, ...facts })];

  it('limits sequences first', () => {
    const { decision } = first(look(0, 12, [model('a', { activeRequests: 3 })], { heat: hot(0) }));
    expect(decision).toMatchObject({ rule: 'heat', action: { kind: 'limit-concurrency', model: 'a', to: 2 } });
  });

  it('ranks by measured power, not by bits: a lower level can run hotter', () => {
    const ladder = [
      rung({ level: 'Q4_K_M', gib: 6, loss: 0.03, powerW: 220 }),
      rung({ level: 'Q4_0', gib: 5.5, loss: 0.07, powerW: 180 }),
      rung({ level: 'IQ3_XS', gib: 4, loss: 0.1, powerW: 260 }),
    ];
    const { decision } = first(look(0, 12, [model('a', { ladder })], { heat: hot(0) }));
    expect(decision?.action).toMatchObject({ kind: 'switch', to: 1 });
  });

  it('takes a step back whose power did not fall, and does not try it again', () => {
    const ladder = [rung({ level: 'Q4_K_M', gib: 6, loss: 0.03 }), rung({ level: 'IQ3_XS', gib: 4, loss: 0.1 })];
    const tried = first(look(0, 12, [model('a', { ladder })], { heat: hot(0) }));
    expect(tried.decision?.action).toMatchObject({ kind: 'switch', to: 1 });
    const after = (nowMs: number): GovernorInput =>
      look(nowMs, 10, [model('a', { ladder, rung: 1 })], { heat: hot(nowMs, { powerW: 230 }) });
    const back = watch(tried.state, 6000, 3 * MINUTE, after);
    expect(back.decision).toMatchObject({ rule: 'heat-trial', atMs: MINUTE, action: { from: 1, to: 0 } });
    const next = watch(back.state, MINUTE + 6000, 5 * MINUTE, (nowMs) =>
      look(nowMs, 12, [model('a', { ladder })], { heat: hot(nowMs, { powerW: 230 }) }),
    );
    expect(next).toMatchObject({ decision: null, hold: 'nothing-left' });
  });

  it('gives sequences back when the device has been cool for five minutes', () => {
    const limited = model('a', { concurrencyLimit: 2 });
    const { decision } = watch(INITIAL_GOVERNOR_STATE, 0, 10 * MINUTE, (nowMs) =>
      look(nowMs, 12, [limited], { heat: [heat(nowMs)] }),
    );
    expect(decision).toMatchObject({ atMs: 5 * MINUTE, action: { kind: 'limit-concurrency', to: null } });
  });
});
