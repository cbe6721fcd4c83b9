import type { CandidateDocument, MemoryDocument, PlanDocument } from '@plimsoll/domain';
import { z } from 'zod';
import { bytesSchema, levelSchema, shareSchema } from './parts.schema.js';

const memorySchema: z.ZodType<MemoryDocument> = z.strictObject({
  weights: bytesSchema,
  kvCache: bytesSchema,
  recurrentState: bytesSchema,
  compute: bytesSchema,
  total: bytesSchema,
});

const predictionSchema: z.ZodType<CandidateDocument['expected']['decodeTokensPerSecond']> = z.strictObject({
  value: z.number().nullable(),
  source: z.enum(['measured', 'calibrated', 'prior', 'unknown']),
  relativeSpread: z.number().nullable(),
  observations: z.int().min(0),
});

/** One candidate of a plan. */
export const candidateSchema: z.ZodType<CandidateDocument> = z.strictObject({
  level: z.string(),
  kvCache: z.string(),
  context: z.int(),
  parallel: z.int(),
  gpuLayers: z.int(),
  expertsOnHost: z.boolean(),
  footprint: z.strictObject({
    device: memorySchema,
    devices: z.array(memorySchema),
    host: memorySchema,
    total: bytesSchema,
  }),
  overheadBytes: z.int(),
  fit: z.enum(['full', 'partial', 'none']),
  shortBytes: bytesSchema,
  pareto: z.boolean(),
  expected: z.strictObject({
    decodeTokensPerSecond: predictionSchema,
    prefillTokensPerSecond: predictionSchema,
    quality: z.strictObject({
      perplexityIncrease: z.number().nullable(),
      meanKld: z.number().nullable(),
      sameTopToken: shareSchema.nullable(),
      source: z.enum(['reference', 'prior', 'measured', 'unknown']),
      note: z.string(),
    }),
  }),
  variant: z.strictObject({
    name: z.string(),
    status: z.enum(['local', 'remote', 'buildable', 'missing', 'unknown']),
    sizeBytes: bytesSchema.exactOptional(),
  }),
  exact: z
    .strictObject({
      totalBytes: bytesSchema,
      closedFormBytes: bytesSchema,
      differenceBytes: z.int(),
      onHost: z.boolean(),
    })
    .exactOptional(),
});

const memoryFound = { totalBytes: bytesSchema.nullable(), freeBytes: bytesSchema.nullable() };

/** The model that a plan is about. */
export const plannedModelSchema: z.ZodType<PlanDocument['model']> = z.strictObject({
  name: z.string(),
  architecture: z.string(),
  parameters: z.number().nullable(),
  contextLength: z.int().nullable(),
  source: z.string(),
});

/** What may be used of the machine. */
export const budgetSchema: z.ZodType<PlanDocument['budget']> = z.strictObject({
  devices: z.array(z.strictObject({ name: z.string(), ...memoryFound, usableBytes: bytesSchema })),
  host: z.strictObject({ ...memoryFound, usableBytes: bytesSchema.nullable() }),
  usableBytes: bytesSchema,
  marginBytes: bytesSchema,
});

/** Shape of what `plimsoll plan` prints with `--json`; the domain makes it. Bytes are whole; null is unknown. */
export const planSchema: z.ZodType<PlanDocument> = z.strictObject({
  schema: z.literal('plimsoll.plan/1'),
  model: plannedModelSchema,
  budget: budgetSchema,
  candidates: z.array(candidateSchema),
  largestContexts: z.array(z.strictObject({ level: z.string(), kvCache: z.string(), context: z.int().nullable() })),
  recommended: z
    .strictObject({
      level: z.string(),
      kvCache: z.string(),
      context: z.int(),
      parallel: z.int(),
      gpuLayers: z.int(),
      reasons: z.array(z.string()),
      nextBetter: z
        .strictObject({
          level: levelSchema,
          shortBytes: bytesSchema,
          remedies: z.array(
            z.strictObject({
              kind: z.enum(['kv-cache', 'context', 'parallel', 'partial', 'memory']),
              text: z.string(),
            }),
          ),
        })
        .nullable(),
    })
    .nullable(),
  obstacles: z.array(z.string()),
  exact: z.strictObject({ asked: z.int(), answered: z.int(), notes: z.array(z.string()) }).exactOptional(),
});
