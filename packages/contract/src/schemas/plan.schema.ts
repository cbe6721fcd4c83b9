import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import { bytesSchema, levelSchema, shareSchema } from './parts.schema.js';

const memorySchema = z.strictObject({
  weights: bytesSchema,
  /** With the recurrent state, so that the parts make up the total. */
  kvCache: bytesSchema,
  /** The part of `kvCache` that is the state of recurrent layers. */
  recurrentState: bytesSchema,
  compute: bytesSchema,
  /** What is loaded beside the model: a projector, a draft model. Absent without. */
  companions: bytesSchema.exactOptional(),
  total: bytesSchema,
});

/** Bytes by purpose. */
export type MemoryDocument = DocumentOf<typeof memorySchema>;

const predictionSchema = z.strictObject({
  value: z.number().nullable(),
  source: z.enum(['measured', 'calibrated', 'prior', 'unknown']),
  relativeSpread: z.number().nullable(),
  observations: z.int().min(0),
});

/** Shape of `CandidateDocument`. */
export const candidateSchema = z.strictObject({
  level: z.string(),
  /** `q8_0`, or `q8_0/q4_0` when keys and values differ. */
  kvCache: z.string(),
  context: z.int(),
  parallel: z.int(),
  gpuLayers: z.int(),
  expertsOnHost: z.boolean(),
  /** Layers, counted from the first, whose experts stay on the host. */
  expertLayersOnHost: z.int(),
  /** Share of the offloaded layers per device; empty without any. */
  split: z.array(z.number()),
  footprint: z.strictObject({
    /** All devices together. */
    device: memorySchema,
    /** Device by device. */
    devices: z.array(memorySchema),
    host: memorySchema,
    total: bytesSchema,
  }),
  /** Learned correction, not part of the footprint. */
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
  /** Only for candidates that the engine was asked about. */
  exact: z
    .strictObject({
      totalBytes: bytesSchema,
      closedFormBytes: bytesSchema,
      differenceBytes: z.int(),
      onHost: z.boolean(),
    })
    .exactOptional(),
});

/** One candidate of a plan. */
export type CandidateDocument = DocumentOf<typeof candidateSchema>;

const memoryFound = { totalBytes: bytesSchema.nullable(), freeBytes: bytesSchema.nullable() };

/** The model that a plan is about. */
export const plannedModelSchema = z.strictObject({
  name: z.string(),
  architecture: z.string(),
  parameters: z.number().nullable(),
  contextLength: z.int().nullable(),
  source: z.string(),
});

/** Shape of `BudgetDocument`. */
export const budgetSchema = z.strictObject({
  devices: z.array(z.strictObject({ name: z.string(), ...memoryFound, usableBytes: bytesSchema })),
  host: z.strictObject({ ...memoryFound, usableBytes: bytesSchema.nullable() }),
  usableBytes: bytesSchema,
  marginBytes: bytesSchema,
});

/** What may be used of the machine. */
export type BudgetDocument = DocumentOf<typeof budgetSchema>;

const processorSchema = z.strictObject({
  bandwidthBytesPerSecond: z.number().nullable(),
  fp16Tflops: z.number().nullable(),
  /** Where the bandwidth comes from. */
  basis: z.enum(['data-sheet', 'measured', 'assumed']),
});

/** Shape of `PlanDocument`. */
export const planSchema = z.strictObject({
  schema: z.literal('plimsoll.plan/1'),
  model: plannedModelSchema,
  budget: budgetSchema,
  /** How fast the machine is taken to be. */
  machine: z.strictObject({ devices: z.array(processorSchema), host: processorSchema }),
  candidates: z.array(candidateSchema),
  largestContexts: z.array(z.strictObject({ level: z.string(), kvCache: z.string(), context: z.int().nullable() })),
  recommended: z
    .strictObject({
      level: z.string(),
      kvCache: z.string(),
      context: z.int(),
      parallel: z.int(),
      gpuLayers: z.int(),
      expertLayersOnHost: z.int(),
      /** Other configurations that are worth a thought. */
      alternatives: z.array(
        z.strictObject({
          kind: z.enum(['better', 'faster', 'context']),
          level: z.string(),
          kvCache: z.string(),
          context: z.int(),
          fit: z.enum(['full', 'partial', 'none']),
          decodeTokensPerSecond: predictionSchema,
        }),
      ),
      /** Says that even the best is poor, and what would run well here. */
      caution: z.string().nullable(),
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
  /** Only when the engine was asked. */
  exact: z.strictObject({ asked: z.int(), answered: z.int(), notes: z.array(z.string()) }).exactOptional(),
});

/** A plan, `plimsoll plan --json`. Bytes are whole; null is unknown. */
export type PlanDocument = DocumentOf<typeof planSchema>;
