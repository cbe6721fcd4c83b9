import type { KvCacheType, Level } from '@plimsoll/domain';
import { z } from 'zod';
import { bytesSchema, kvCacheSchema, levelSchema } from './parts.schema.js';

/** Bytes in one kind of memory. */
export interface MemoryDocument {
  readonly weights: number;
  readonly kvCache: number;
  readonly compute: number;
  readonly total: number;
}

/** One operating point. */
export interface CandidateDocument {
  readonly level: Level;
  readonly kvCache: KvCacheType;
  readonly context: number;
  /** Layers on the device, the output layer counted as one. */
  readonly gpuLayers: number;
  readonly footprint: { readonly device: MemoryDocument; readonly host: MemoryDocument; readonly total: number };
  /** All on the device, some of it, or not at all. */
  readonly fit: 'full' | 'partial' | 'none';
  readonly expected: {
    readonly decodeTokensPerSecond: { readonly value: number | null; readonly source: string };
    readonly quality: {
      readonly perplexityIncrease: number | null;
      readonly meanKld: number | null;
      readonly sameTopToken: number | null;
      readonly source: string;
    };
  };
  readonly variant: { readonly name: string; readonly status: string };
}

/** What `plimsoll plan` prints with `--json`. Bytes are whole; null is unknown. */
export interface PlanDocument {
  readonly schema: 'plimsoll.plan/1';
  readonly model: {
    readonly name: string;
    readonly architecture: string;
    readonly parameters: number;
    readonly contextLength: number | null;
    readonly source: string;
  };
  readonly budget: {
    readonly devices: readonly {
      readonly name: string;
      readonly totalBytes: number | null;
      readonly freeBytes: number | null;
    }[];
    readonly usableBytes: number;
    readonly marginBytes: number;
  };
  readonly candidates: readonly CandidateDocument[];
  /** Null when nothing fits; the exit code is then 3. */
  readonly recommended: {
    readonly level: Level;
    readonly kvCache: KvCacheType;
    readonly context: number;
    readonly reasons: readonly string[];
  } | null;
}

const memorySchema: z.ZodType<MemoryDocument> = z.strictObject({
  weights: bytesSchema,
  kvCache: bytesSchema,
  compute: bytesSchema,
  total: bytesSchema,
});

/** Shape of `PlanDocument`. */
export const planSchema: z.ZodType<PlanDocument> = z.strictObject({
  schema: z.literal('plimsoll.plan/1'),
  model: z.strictObject({
    name: z.string(),
    architecture: z.string(),
    parameters: z.int(),
    contextLength: z.int().nullable(),
    source: z.string(),
  }),
  budget: z.strictObject({
    devices: z.array(
      z.strictObject({ name: z.string(), totalBytes: bytesSchema.nullable(), freeBytes: bytesSchema.nullable() }),
    ),
    usableBytes: bytesSchema,
    marginBytes: bytesSchema,
  }),
  candidates: z.array(
    z.strictObject({
      level: levelSchema,
      kvCache: kvCacheSchema,
      context: z.int(),
      gpuLayers: z.int(),
      footprint: z.strictObject({ device: memorySchema, host: memorySchema, total: bytesSchema }),
      fit: z.enum(['full', 'partial', 'none']),
      expected: z.strictObject({
        decodeTokensPerSecond: z.strictObject({ value: z.number().nullable(), source: z.string() }),
        quality: z.strictObject({
          perplexityIncrease: z.number().nullable(),
          meanKld: z.number().nullable(),
          sameTopToken: z.number().nullable(),
          source: z.string(),
        }),
      }),
      variant: z.strictObject({ name: z.string(), status: z.string() }),
    }),
  ),
  recommended: z
    .strictObject({
      level: levelSchema,
      kvCache: kvCacheSchema,
      context: z.int(),
      reasons: z.array(z.string()),
    })
    .nullable(),
});
