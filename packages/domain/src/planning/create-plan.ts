import { InvalidInputError } from '../errors/invalid-input-error.js';
import { alternativesTo } from './alternatives.js';
import { cacheName, candidatesOf } from './candidates.js';
import { cautionOf, suitableSize } from './caution.js';
import { largestContext } from './largest-context.js';
import { grouped } from './grouped.js';
import { nextBetter } from './next-better.js';
import { markPareto } from './pareto.js';
import type { LargestContext, Plan, PlanCandidate } from './plan.js';
import type { PlanRequest } from './plan-request.js';
import { ranked } from './ranking.js';
import type { PlanObstacle, Violation } from './reason.js';
import { reasonsFor } from './reasons.js';
import { violation } from './violation.js';

/** Most operating points of a plan: beyond, it is no answer that anybody reads. */
const MOST_POINTS = 2048;

/** The context that is aimed for when none is named. */
const USUAL_CONTEXT = 8192;

/**
 * Plans a model on a machine: every operating point of the grid with its footprint, fit, expected speed and quality,
 * the longest context of each level, and one point recommended with the reasons. It decides from footprints alone.
 * @throws InvalidInputError for an empty grid, one of more than 2,048 points, or a context or number of sequences that
 * is not a positive integer
 */
export function createPlan(request: PlanRequest): Plan {
  check(request);
  const candidates = markPareto(candidatesOf(request));
  const parallel = Math.min(...(request.parallel ?? [1]));
  const levels = request.levels.filter((level) => candidates.some((candidate) => candidate.level === level));
  const largestContexts = levels.flatMap((level) =>
    request.cacheTypes
      .filter((cache) => candidates.some(({ shape }) => cacheName(shape) === cacheName(cache)))
      .map((cache) => largestContext(request, level, cache, parallel)),
  );
  const acceptable = ranked(candidates, {
    goal: request.goal ?? 'balanced',
    constraints: request.constraints ?? {},
    wantedContextTokens: wantedContext(request),
  });
  const chosen = acceptable[0];
  const plan = { model: request.model, budget: request.budget, machine: request.machine, candidates, largestContexts };
  if (chosen === undefined) return { ...plan, recommended: null, obstacles: obstaclesOf(request, candidates) };
  const better = nextBetter(request, candidates, chosen);
  const longest = longestFor(largestContexts, chosen);
  const reasons = reasonsFor(request, chosen, better, longest);
  const alternatives = alternativesTo(request, chosen, acceptable, largestContexts);
  const caution = cautionOf(request, chosen);
  return {
    ...plan,
    recommended: { candidate: chosen, reasons, nextBetter: better, alternatives, caution },
    obstacles: [],
  };
}

function check(request: PlanRequest): void {
  const { levels, cacheTypes, contexts, parallel = [1], gpuLayers = [0] } = request;
  if ([levels, cacheTypes, contexts, parallel, gpuLayers].some((axis) => axis.length === 0)) {
    throw new InvalidInputError('A plan needs at least one level, cache type, context and number of sequences.', {
      hint: 'Leave it out to plan with the usual values.',
    });
  }
  const points = [levels, cacheTypes, contexts, parallel, gpuLayers].reduce((count, axis) => count * axis.length, 1);
  if (points > MOST_POINTS) {
    throw new InvalidInputError(
      `That would be ${grouped(points)} operating points; a plan holds at most ${grouped(MOST_POINTS)}.`,
      { hint: 'Ask for fewer levels, cache types, contexts, numbers of sequences or of layers at once.' },
    );
  }
  const wrong = [...contexts, ...parallel].find((value) => !Number.isSafeInteger(value) || value < 1);
  if (wrong !== undefined) {
    throw new InvalidInputError(`A context or number of sequences cannot be ${wrong}.`, {
      hint: 'Give positive whole numbers.',
      remedies: [{ kind: 'use-options', options: { context: '8192', parallel: '1' } }],
    });
  }
  const { expertLayersOnHost: experts } = request;
  const layers = [...gpuLayers, ...(experts === undefined ? [] : [experts])];
  const odd = layers.find((value) => !Number.isSafeInteger(value) || value < 0);
  if (odd !== undefined) {
    throw new InvalidInputError(`${odd} is not a number of layers.`, { hint: 'Give a whole number from 0 on.' });
  }
  if (request.budget.devices.length === 0 && gpuLayers.some((count) => count > 0)) {
    throw new InvalidInputError('There is no device that could hold layers.', {
      hint: 'Plan without layers on devices, or describe a device to plan for.',
    });
  }
  if (experts !== undefined && experts > 0 && request.architecture.experts === null) {
    throw new InvalidInputError('This model has no experts that could stay in RAM.', {
      hint: 'Only mixtures of experts have some: plan without.',
    });
  }
}

function wantedContext(request: PlanRequest): number {
  if (request.wantedContextTokens !== undefined) return request.wantedContextTokens;
  const usual = request.contexts.filter((tokens) => tokens <= USUAL_CONTEXT);
  return usual.length > 0 ? Math.max(...usual) : Math.min(...request.contexts);
}

function longestFor(largest: readonly LargestContext[], { level, shape }: PlanCandidate): LargestContext | null {
  return largest.find((entry) => entry.level === level && cacheName(entry) === cacheName(shape)) ?? null;
}

function obstaclesOf(request: PlanRequest, candidates: readonly PlanCandidate[]): readonly PlanObstacle[] {
  const fitting = candidates.filter(({ fit }) => fit !== 'none');
  if (fitting.length === 0) {
    const closest = [...candidates].sort((a, b) => a.shortBytes - b.shortBytes)[0];
    if (closest === undefined) return [{ kind: 'no-level' }];
    const { level, shape, shortBytes } = closest;
    const { contextTokens, keyCacheType, valueCacheType } = shape;
    return [
      {
        kind: 'nothing-fits',
        level,
        contextTokens,
        keyCacheType,
        valueCacheType,
        shortBytes,
        suitable: suitableSize(request),
      },
    ];
  }
  const counts = new Map<Violation, number>();
  for (const candidate of fitting) {
    const why = violation(candidate, request.constraints ?? {});
    if (why !== null) counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  return [...counts].map(([why, count]) => ({
    kind: 'demand',
    violation: why,
    count,
    fitting: fitting.length,
  }));
}
