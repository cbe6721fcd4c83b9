import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GIB, LADDER, gpu, model } from './__fixtures__/machine.js';
import { decide } from './decide.js';
import { DEFAULT_GOVERNOR_POLICY as POLICY } from './governor-policy.js';
import type { GovernorState } from './governor-state.js';
import { INITIAL_GOVERNOR_STATE } from './governor-state.js';
import { ledgerEntry } from './memory-ledger.js';
import { reservationsOf } from './governed-model.js';

/** A minute at a time: what others take, whether the probe answers, whether the model is at work. */
const trace = fc.array(
  fc.record({
    foreignGib: fc.double({ min: 0, max: 26, noNaN: true }),
    probe: fc.constantFrom('fresh', 'fresh', 'fresh', 'stale', 'missing'),
    active: fc.nat(4),
    stepMs: fc.constantFrom(1000, 10_000, 60_000, 300_000),
  }),
  { minLength: 1, maxLength: 60 },
);

describe('whatever happens', () => {
  it('the rules keep their promises', () => {
    fc.assert(
      fc.property(trace, (events) => {
        let state: GovernorState = INITIAL_GOVERNOR_STATE;
        let rung = 0;
        let nowMs = 0;
        let lastGood = 0;
        const steps: { readonly atMs: number; readonly up: boolean }[] = [];
        for (const { foreignGib, probe, active, stepMs } of events) {
          nowMs += stepMs;
          if (probe === 'fresh') lastGood = nowMs;
          const models = [model('a', { rung, activeRequests: active + 1, pin: 'loaded' })];
          const own = (LADDER[rung]?.bytes['gpu'] ?? 0) / GIB;
          const reading = gpu(lastGood, probe === 'missing' ? null : foreignGib + own);
          const entry = ledgerEntry(reading, reservationsOf(models), null);
          // The ledger never goes negative and agrees with the sum of the reservations.
          expect(entry.ownBytes).toBe(own * GIB);
          expect(entry.foreignBytes ?? 0).toBeGreaterThanOrEqual(0);
          const before = state;
          const result = decide(POLICY, state, { nowMs, memory: [reading], heat: [], models });
          ({ state } = result);
          const fresh = probe === 'fresh' || (probe === 'stale' && nowMs - lastGood <= POLICY.staleMs);
          const free = entry.freeBytes ?? 0;
          const { decision } = result;
          const settled = nowMs >= before.settleUntilMs;
          if (fresh && settled && free < 24 * GIB * POLICY.hard.enterShare && rung < LADDER.length - 1) {
            // From the hard band down within one reading.
            expect(decision?.direction).toBe('down');
          }
          if (decision?.direction === 'up') {
            expect(fresh).toBe(true);
            expect(free).toBeGreaterThan(24 * GIB * POLICY.soft.enterShare);
            expect(decision.prediction.freeBytesAfter).toBeGreaterThanOrEqual(24 * GIB * POLICY.upFreeShare);
          }
          if (decision?.action.kind === 'switch') {
            rung = decision.action.to;
            steps.push({ atMs: nowMs, up: decision.direction === 'up' });
          }
          const inHour = steps.filter(({ atMs }) => nowMs - atMs < 3_600_000);
          // Bounded: none up beyond the cap, and each step up can be followed by as many down as there are rungs.
          expect(inHour.length).toBeLessThanOrEqual(POLICY.stepsPerHour + LADDER.length);
        }
        // Every latch has a way out: an hour of health ends it.
        const healthy = decide(POLICY, state, {
          nowMs: nowMs + 3_700_000,
          memory: [gpu(nowMs + 3_700_000, 1)],
          heat: [],
          models: [],
        });
        expect(healthy.state.latched).toEqual({});
      }),
      { numRuns: 2000 },
    );
  });
});
