import { cacheName } from '@plimsoll/domain';
import type {
  Alternative,
  Footprint,
  LargestContext,
  MemoryBudget,
  MemoryUse,
  NextBetter,
  Plan,
  PlanCandidate,
  ProcessorSpeed,
  QualityExpectation,
} from '@plimsoll/domain';
import {
  exactNoteWords,
  fitRemedyWords,
  planCautionWords,
  planObstacleWords,
  planReasonWords,
} from '../words/plan.words.js';
import { qualityNote } from '../words/prediction.words.js';
import type { BudgetDocument, CandidateDocument, MemoryDocument, PlanDocument } from '../schemas/plan.schema.js';

/** The plan as a JSON document, `plimsoll.plan/1`. */
export function planDocument(plan: Plan): PlanDocument {
  const { model, budget, recommended } = plan;
  return {
    schema: 'plimsoll.plan/1',
    model,
    budget: budgetDocument(budget),
    machine: {
      devices: plan.machine.devices.slice(0, budget.devices.length).map(processorDocument),
      host: processorDocument(plan.machine.host),
    },
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
            expertLayersOnHost: recommended.candidate.shape.placement.expertLayersOnHost,
            alternatives: recommended.alternatives.map(alternativeDocument),
            caution: recommended.caution === null ? null : planCautionWords(recommended.caution),
            reasons: recommended.reasons.map(planReasonWords),
            nextBetter: nextBetterDocument(recommended.nextBetter),
          },
    obstacles: plan.obstacles.map(planObstacleWords),
    ...(plan.exact === undefined ? {} : { exact: { ...plan.exact, notes: plan.exact.notes.map(exactNoteWords) } }),
  };
}

function alternativeDocument(entry: Alternative): NonNullable<PlanDocument['recommended']>['alternatives'][number] {
  const { kind, level, contextTokens, fit, decodeTokensPerSecond } = entry;
  return { kind, level, kvCache: cacheName(entry), context: contextTokens, fit, decodeTokensPerSecond };
}

function nextBetterDocument(better: NextBetter | null): NonNullable<PlanDocument['recommended']>['nextBetter'] {
  if (better === null) return null;
  const { level, shortBytes, remedies } = better;
  return {
    level,
    shortBytes,
    remedies: remedies.map((remedy) => ({ kind: remedy.kind, text: fitRemedyWords(remedy) })),
  };
}

function processorDocument(speed: ProcessorSpeed): PlanDocument['machine']['host'] {
  const { bandwidthBytesPerSecond, fp16Tflops, basis = 'data-sheet' } = speed;
  return { bandwidthBytesPerSecond, fp16Tflops, basis };
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
  const { level, shape, fit, shortBytes, pareto, expected, overheadBytes } = candidate;
  const { decodeTokensPerSecond, prefillTokensPerSecond, quality } = expected;
  const { name, status, sizeBytes } = candidate.variant;
  return {
    level,
    kvCache: cacheName(shape),
    context: shape.contextTokens,
    parallel: shape.parallel,
    gpuLayers: shape.placement.gpuLayers,
    expertsOnHost: shape.placement.expertLayersOnHost > 0,
    expertLayersOnHost: shape.placement.expertLayersOnHost,
    split: shape.placement.split,
    footprint: footprintDocument(candidate.footprint),
    overheadBytes,
    fit,
    shortBytes,
    pareto,
    expected: { decodeTokensPerSecond, prefillTokensPerSecond, quality: qualityDocument(quality) },
    variant: { name, status, ...(sizeBytes === undefined ? {} : { sizeBytes }) },
    ...(candidate.exact === undefined ? {} : { exact: candidate.exact }),
  };
}

function qualityDocument(quality: QualityExpectation): CandidateDocument['expected']['quality'] {
  const { perplexityIncrease, meanKld, sameTopToken, source } = quality;
  return { perplexityIncrease, meanKld, sameTopToken, source, note: qualityNote(quality) };
}

function footprintDocument(footprint: Footprint): CandidateDocument['footprint'] {
  const devices = footprint.devices.map(memoryDocument);
  const device = devices.reduce<MemoryDocument>(
    (sum, use) => ({
      weights: sum.weights + use.weights,
      kvCache: sum.kvCache + use.kvCache,
      recurrentState: sum.recurrentState + use.recurrentState,
      compute: sum.compute + use.compute,
      ...companionsOf((sum.companions ?? 0) + (use.companions ?? 0)),
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
    ...companionsOf(use.companionBytes ?? 0),
    total: use.totalBytes,
  };
}

const companionsOf = (bytes: number): Pick<MemoryDocument, 'companions'> => (bytes === 0 ? {} : { companions: bytes });
