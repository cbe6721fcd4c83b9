import type { Footprint, MemoryUse } from '../footprint/footprint.js';
import type { MemoryBudget } from './budget.js';
import { cacheName } from './candidates.js';
import type {
  ExactFootprint,
  ExactSummary,
  Fit,
  LargestContext,
  NextBetter,
  Plan,
  PlanCandidate,
  PlanModel,
  PlanVariant,
} from './plan.js';
import type { Prediction } from '../prediction/prediction.js';
import type { QualityExpectation } from '../prediction/quality-prior.js';

/** Bytes by purpose. `kvCache` counts the recurrent state in, so that the parts make up the total. */
export interface MemoryDocument {
  readonly weights: number;
  readonly kvCache: number;
  /** The part of `kvCache` that is the state of recurrent layers. */
  readonly recurrentState: number;
  readonly compute: number;
  readonly total: number;
}

/** One candidate as a document. */
export interface CandidateDocument {
  readonly level: string;
  /** `q8_0`, or `q8_0/q4_0` when keys and values differ. */
  readonly kvCache: string;
  readonly context: number;
  readonly parallel: number;
  readonly gpuLayers: number;
  readonly expertsOnHost: boolean;
  readonly footprint: {
    /** All devices together. */
    readonly device: MemoryDocument;
    /** Device by device. */
    readonly devices: readonly MemoryDocument[];
    readonly host: MemoryDocument;
    readonly total: number;
  };
  /** Learned correction, not part of the footprint. */
  readonly overheadBytes: number;
  readonly fit: Fit;
  readonly shortBytes: number;
  readonly pareto: boolean;
  readonly expected: {
    readonly decodeTokensPerSecond: Prediction;
    readonly prefillTokensPerSecond: Prediction;
    readonly quality: QualityExpectation;
  };
  readonly variant: PlanVariant;
  /** Only for candidates that the engine was asked about. */
  readonly exact?: ExactFootprint;
}

/** What may be used, as a document. */
export interface BudgetDocument {
  readonly devices: readonly {
    readonly name: string;
    readonly totalBytes: number | null;
    readonly freeBytes: number | null;
    readonly usableBytes: number;
  }[];
  readonly host: {
    readonly totalBytes: number | null;
    readonly freeBytes: number | null;
    readonly usableBytes: number | null;
  };
  readonly usableBytes: number;
  readonly marginBytes: number;
}

/** A plan as the command line and the HTTP interface print it. */
export interface PlanDocument {
  readonly schema: 'plimsoll.plan/1';
  readonly model: PlanModel;
  readonly budget: BudgetDocument;
  readonly candidates: readonly CandidateDocument[];
  readonly largestContexts: readonly {
    readonly level: string;
    readonly kvCache: string;
    readonly context: number | null;
  }[];
  readonly recommended: {
    readonly level: string;
    readonly kvCache: string;
    readonly context: number;
    readonly parallel: number;
    readonly gpuLayers: number;
    readonly reasons: readonly string[];
    readonly nextBetter: NextBetter | null;
  } | null;
  readonly obstacles: readonly string[];
  /** Only when the engine was asked. */
  readonly exact?: ExactSummary;
}

/** The plan as a JSON document, `plimsoll.plan/1`. */
export function planDocument(plan: Plan): PlanDocument {
  const { model, budget, recommended } = plan;
  return {
    schema: 'plimsoll.plan/1',
    model,
    budget: budgetDocument(budget),
    candidates: plan.candidates.map(candidateDocument),
    largestContexts: plan.largestContexts.map((entry: LargestContext) => ({
      level: entry.level,
      kvCache: cacheName(entry),
      context: entry.contextTokens,
    })),
    recommended:
      recommended === null
        ? null
        : {
            level: recommended.candidate.level,
            kvCache: cacheName(recommended.candidate.shape),
            context: recommended.candidate.shape.contextTokens,
            parallel: recommended.candidate.shape.parallel,
            gpuLayers: recommended.candidate.shape.placement.gpuLayers,
            reasons: recommended.reasons,
            nextBetter: recommended.nextBetter,
          },
    obstacles: plan.obstacles,
    ...(plan.exact === undefined ? {} : { exact: plan.exact }),
  };
}

/** A budget as a document. */
export function budgetDocument(budget: MemoryBudget): BudgetDocument {
  const devices = budget.devices.map(({ name, totalBytes, freeBytes, usableBytes }) => ({
    name,
    totalBytes,
    freeBytes,
    usableBytes,
  }));
  const { host, usableBytes, marginBytes } = budget;
  return { devices, host, usableBytes, marginBytes };
}

/** One candidate as a document. */
export function candidateDocument(candidate: PlanCandidate): CandidateDocument {
  const { level, shape, fit, shortBytes, pareto, expected, variant, overheadBytes } = candidate;
  return {
    level,
    kvCache: cacheName(shape),
    context: shape.contextTokens,
    parallel: shape.parallel,
    gpuLayers: shape.placement.gpuLayers,
    expertsOnHost: shape.placement.expertLayersOnHost > 0,
    footprint: footprintDocument(candidate.footprint),
    overheadBytes,
    fit,
    shortBytes,
    pareto,
    expected,
    variant,
    ...(candidate.exact === undefined ? {} : { exact: candidate.exact }),
  };
}

function footprintDocument(footprint: Footprint): CandidateDocument['footprint'] {
  const devices = footprint.devices.map(memoryDocument);
  const device = devices.reduce<MemoryDocument>(
    (sum, use) => ({
      weights: sum.weights + use.weights,
      kvCache: sum.kvCache + use.kvCache,
      recurrentState: sum.recurrentState + use.recurrentState,
      compute: sum.compute + use.compute,
      total: sum.total + use.total,
    }),
    { weights: 0, kvCache: 0, recurrentState: 0, compute: 0, total: 0 },
  );
  return { device, devices, host: memoryDocument(footprint.host), total: footprint.totalBytes };
}

function memoryDocument(use: MemoryUse): MemoryDocument {
  return {
    weights: use.weightsBytes,
    kvCache: use.kvCacheBytes + use.recurrentStateBytes,
    recurrentState: use.recurrentStateBytes,
    compute: use.computeBytes,
    total: use.totalBytes,
  };
}
