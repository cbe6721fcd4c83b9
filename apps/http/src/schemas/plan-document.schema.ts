import type { CandidateDocument, MemoryDocument, NextBetter, PlanDocument, Prediction } from '@plimsoll/domain';
import { z } from 'zod';
import { levelSchema } from './field-schemas.js';

const known = z.number().nullable();

const memory: z.ZodType<MemoryDocument> = z.object({
  weights: z.number(),
  kvCache: z.number(),
  recurrentState: z.number(),
  compute: z.number(),
  total: z.number(),
});

const prediction: z.ZodType<Prediction> = z.object({
  value: known,
  source: z.enum(['measured', 'calibrated', 'prior', 'unknown']),
  relativeSpread: known,
  observations: z.number(),
});

/** One candidate of a plan. */
export const candidateSchema: z.ZodType<CandidateDocument> = z.object({
  level: z.string(),
  kvCache: z.string(),
  context: z.number(),
  parallel: z.number(),
  gpuLayers: z.number(),
  expertsOnHost: z.boolean(),
  footprint: z.object({ device: memory, devices: z.array(memory), host: memory, total: z.number() }),
  overheadBytes: z.number(),
  fit: z.enum(['full', 'partial', 'none']),
  shortBytes: z.number(),
  pareto: z.boolean(),
  expected: z.object({
    decodeTokensPerSecond: prediction,
    prefillTokensPerSecond: prediction,
    quality: z.object({
      perplexityIncrease: known,
      meanKld: known,
      sameTopToken: known,
      source: z.enum(['reference', 'prior', 'measured', 'unknown']),
      note: z.string(),
    }),
  }),
  variant: z.object({
    name: z.string(),
    status: z.enum(['local', 'remote', 'buildable', 'missing', 'unknown']),
    sizeBytes: z.number().exactOptional(),
  }),
  exact: z
    .object({
      totalBytes: z.number(),
      closedFormBytes: z.number(),
      differenceBytes: z.number(),
      onHost: z.boolean(),
    })
    .exactOptional(),
});

const nextBetter: z.ZodType<NextBetter> = z.object({
  level: levelSchema,
  shortBytes: z.number(),
  remedies: z.array(
    z.object({ kind: z.enum(['kv-cache', 'context', 'parallel', 'partial', 'memory']), text: z.string() }),
  ),
});

/** The model that a plan is about. */
export const plannedModelSchema: z.ZodType<PlanDocument['model']> = z.object({
  name: z.string(),
  architecture: z.string(),
  parameters: known,
  contextLength: known,
  source: z.string(),
});

/** What may be used of the machine. */
export const budgetSchema: z.ZodType<PlanDocument['budget']> = z.object({
  devices: z.array(z.object({ name: z.string(), totalBytes: known, freeBytes: known, usableBytes: z.number() })),
  host: z.object({ totalBytes: known, freeBytes: known, usableBytes: known }),
  usableBytes: z.number(),
  marginBytes: z.number(),
});

/** A plan, `plimsoll.plan/1`: what `plimsoll plan --json` prints. Sizes are bytes. */
export const planDocumentSchema: z.ZodType<PlanDocument> = z.object({
  schema: z.literal('plimsoll.plan/1'),
  model: plannedModelSchema,
  budget: budgetSchema,
  candidates: z.array(candidateSchema),
  largestContexts: z.array(z.object({ level: z.string(), kvCache: z.string(), context: known })),
  recommended: z
    .object({
      level: z.string(),
      kvCache: z.string(),
      context: z.number(),
      parallel: z.number(),
      gpuLayers: z.number(),
      reasons: z.array(z.string()),
      nextBetter: nextBetter.nullable(),
    })
    .nullable(),
  obstacles: z.array(z.string()),
  exact: z.object({ asked: z.number(), answered: z.number(), notes: z.array(z.string()) }).exactOptional(),
});
