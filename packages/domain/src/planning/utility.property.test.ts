import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceCatalogue } from '../devices/catalogue.js';
import { createFootprintModel } from '../footprint/footprint-model.js';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import type { Level } from '../quantization/level.js';
import type { DeviceFound } from './budget.js';
import { memoryBudget } from './budget.js';
import { createPlan } from './create-plan.js';
import type { PlanCandidate } from './plan.js';
import type { PlanGoal } from './plan-request.js';
import { candidateUtility } from './ranking.js';
import { rankingLoss } from './ranking-loss.js';
import { utility } from './utility.js';

const GIB = 1024 ** 3;
const HOST_BANDWIDTH = 51e9;
const LEVELS: readonly Level[] = ['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'IQ4_XS', 'Q3_K_M', 'Q2_K'];
const GOALS: readonly PlanGoal[] = ['quality', 'balanced', 'speed'];
const CACHES = [
  { keyCacheType: 'f16', valueCacheType: 'f16' },
  { keyCacheType: 'q8_0', valueCacheType: 'q8_0' },
] as const;
const MODELS = [SHAPES.llama31With8B, SHAPES.qwen3With30BA3B, SHAPES.gemma3With4B].map((shape) =>
  createFootprintModel(transformerHeader(shape)),
);

interface Card {
  readonly gib: number;
  readonly bandwidthGBs: number | null;
}

interface Machine {
  readonly model: (typeof MODELS)[number];
  readonly cards: readonly Card[];
  readonly ramGib: number;
  readonly goal: PlanGoal;
}

function chosen({ model, cards, ramGib, goal }: Machine): PlanCandidate | null {
  const budget = memoryBudget({
    devices: cards.map(({ gib }): DeviceFound => ({
      name: 'card',
      memory: 'dedicated',
      totalBytes: Math.round(gib * GIB),
      freeBytes: null,
    })),
    host: { totalBytes: Math.round(ramGib * GIB), freeBytes: null },
    marginFraction: 0.1,
    limitBytes: null,
  });
  const plan = createPlan({
    model: { name: 'm', architecture: 'a', parameters: null, contextLength: 8192, source: 's' },
    architecture: model.architecture,
    footprint: model.footprint,
    budget,
    machine: {
      devices: cards.map(({ bandwidthGBs }) => ({
        bandwidthBytesPerSecond: bandwidthGBs === null ? null : bandwidthGBs * 1e9,
        fp16Tflops: null,
        kind: 'ada' as const,
      })),
      host: { bandwidthBytesPerSecond: HOST_BANDWIDTH, fp16Tflops: null, kind: 'processor' },
    },
    levels: LEVELS,
    cacheTypes: CACHES,
    contexts: [8192],
    goal,
  });
  return plan.recommended?.candidate ?? null;
}

const speedOf = (candidate: PlanCandidate): number => candidate.expected.decodeTokensPerSecond.value ?? 0;

/** The better machine's choice is worth at least as much, and loses more only for speed. */
function expectNoWorse(before: PlanCandidate | null, after: PlanCandidate | null, goal: PlanGoal): void {
  if (before === null) return;
  expect(after).not.toBeNull();
  if (after === null) return;
  expect(candidateUtility(after, goal)).toBeGreaterThanOrEqual(candidateUtility(before, goal) - 1e-9);
  if (rankingLoss(after) > rankingLoss(before)) expect(speedOf(after)).toBeGreaterThan(speedOf(before));
}

const gib = fc.double({ min: 3, max: 48, noNaN: true });
const bandwidth = fc.integer({ min: 100, max: 3000 });
const machine = fc.record({
  model: fc.constantFrom(...MODELS),
  cards: fc.array(fc.record({ gib, bandwidthGBs: bandwidth }), { minLength: 1, maxLength: 1 }),
  ramGib: fc.integer({ min: 8, max: 128 }),
  goal: fc.constantFrom(...GOALS),
});
const runs = { numRuns: 25 };

test('with more memory the choice is worth no less', () => {
  fc.assert(
    fc.property(machine, fc.double({ min: 0, max: 16, noNaN: true }), (before, more) => {
      const cards = before.cards.map((card) => ({ ...card, gib: card.gib + more }));
      expectNoWorse(chosen(before), chosen({ ...before, cards }), before.goal);
    }),
    runs,
  );
});

test('with faster memory the choice is worth no less', () => {
  fc.assert(
    fc.property(machine, fc.double({ min: 1, max: 4, noNaN: true }), (before, factor) => {
      const cards = before.cards.map(({ gib: size, bandwidthGBs }) => ({
        gib: size,
        bandwidthGBs: bandwidthGBs * factor,
      }));
      expectNoWorse(chosen(before), chosen({ ...before, cards }), before.goal);
    }),
    runs,
  );
});

test('with another card, however slow, the choice is worth no less', () => {
  fc.assert(
    fc.property(machine, fc.record({ gib, bandwidthGBs: bandwidth }), fc.boolean(), (before, card, first) => {
      const cards = first ? [card, ...before.cards] : [...before.cards, card];
      expectNoWorse(chosen(before), chosen({ ...before, cards }), before.goal);
    }),
    runs,
  );
});

test('a point of unknown speed never wins over one of known speed', () => {
  fc.assert(
    fc.property(machine, gib, (known, size) => {
      const cards = [...known.cards, { gib: size, bandwidthGBs: null }];
      const choice = chosen({ ...known, cards });
      // Where nothing of known speed fits, one of unknown speed is better than none.
      if (choice !== null && chosen(known) !== null) {
        expect(choice.expected.decodeTokensPerSecond.value).not.toBeNull();
      }
    }),
    { numRuns: 15 },
  );
});

test('half the speed is never paid for the step from Q8_0 to F16', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 2000, noNaN: true }), fc.constantFrom(...GOALS), (speed, goal) => {
      expect(utility(0, speed / 2, goal)).toBeLessThan(utility(0.001355, speed, goal));
    }),
  );
});

test('utility falls with loss and rises with speed', () => {
  const loss = fc.double({ min: 0, max: 3, noNaN: true });
  const speed = fc.double({ min: 0.01, max: 1000, noNaN: true });
  fc.assert(
    fc.property(
      loss,
      speed,
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.constantFrom(...GOALS),
      (l, s, more, goal) => {
        expect(utility(l, s + more, goal)).toBeGreaterThan(utility(l, s, goal));
        expect(utility(l + more, s, goal)).toBeLessThan(utility(l, s, goal));
      },
    ),
  );
});

test('of every card of the catalogue the kind of processor is known', () => {
  expect(
    deviceCatalogue()
      .filter(({ kind }) => kind === 'other')
      .map(({ name }) => name),
  ).toEqual([]);
});
