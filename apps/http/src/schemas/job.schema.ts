import type { CompareRequest } from '@plimsoll/application';
import { failureSchema } from '@plimsoll/contract/schemas';
import { z } from 'zod';
import type { JobCall } from '../jobs/job-work.js';
import type { Job } from '../jobs/job.js';
import { kvCacheTypeSchema, levelSchema, modelNameSchema, presetSchema } from './field-schemas.js';

const MOST_TEXT = 4 * 1024 * 1024;

const quantize = z.strictObject({
  kind: z.literal('quantize'),
  model: modelNameSchema,
  level: presetSchema,
  target: modelNameSchema.optional().describe("Name of the result; the backend's convention when absent"),
  allowRequantize: z.boolean().optional(),
});

const pull = z.strictObject({
  kind: z.literal('pull'),
  model: modelNameSchema,
  level: levelSchema.optional().describe('The level that the settings choose when absent'),
});

const compare = z
  .strictObject({
    kind: z.literal('compare'),
    model: modelNameSchema,
    levels: z.array(levelSchema).min(1).max(16),
    reference: levelSchema.default('F16'),
    kvCaches: z.array(kvCacheTypeSchema).max(4).default([]),
    iterations: z.int().min(0).max(100).default(3),
    prompt: z.string().min(1).max(100_000).default('Tell me about the sea.'),
    maxTokens: z.int().min(1).max(4096).default(64),
    text: z.string().max(MOST_TEXT).nullable().default(null).describe('What quality is measured on; null: not at all'),
    windowTokens: z.int().min(32).max(8192).default(512),
    make: z.boolean().default(false),
  })
  .transform(({ kind, ...request }): { kind: 'compare'; request: CompareRequest } => ({ kind, request }));

/** The body of `POST /jobs`. */
export const jobCallSchema: z.ZodType<JobCall> = z.union([quantize, pull, compare]);

/** A job as it is told. */
export const jobSchema: z.ZodType<Job> = z.strictObject({
  id: z.string(),
  kind: z.enum(['quantize', 'pull', 'compare']),
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  createdAtMs: z.number(),
  finishedAtMs: z.number().nullable(),
  progress: z.strictObject({ phase: z.string(), fraction: z.number().nullable() }).nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
  error: failureSchema.shape.error.nullable(),
});
