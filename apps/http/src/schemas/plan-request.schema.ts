import type { PlanModelRequest } from '@plimsoll/application';
import type { PlanConstraints } from '@plimsoll/domain';
import { z } from 'zod';
import { kvCacheTypeSchema, levelSchema, wholeSchema } from './field-schemas.js';

const positive = z.number().int().min(1);

const constraintsSchema: z.ZodType<PlanConstraints> = z.strictObject({
  minContextTokens: positive.optional(),
  minDecodeTokensPerSecond: z.number().min(0).optional(),
  maxPerplexityIncrease: z.number().min(0).optional(),
  maxMeanKld: z.number().min(0).optional(),
  minSameTopToken: z.number().min(0).max(1).optional(),
  allowPartial: z.boolean().optional(),
});

/** The body of `POST /plan`. Everything but the model may be left out. */
export const planRequestSchema: z.ZodType<PlanModelRequest> = z.strictObject({
  model: z.string().min(1).describe('A name of the backend, a path, an https:// URL, hf.co/org/repo, or ollama:name'),
  vramBytes: wholeSchema.optional().describe("Device memory to plan with instead of the machine's; 0: processor alone"),
  gpu: z.string().min(1).optional().describe('A card to plan with, such as RTX 4060'),
  levels: z.array(levelSchema).min(1).optional(),
  contexts: z.array(positive).min(1).max(16).optional(),
  keyCacheTypes: z.array(kvCacheTypeSchema).min(1).optional(),
  valueCacheTypes: z.array(kvCacheTypeSchema).min(1).optional(),
  parallel: z.array(positive).min(1).max(16).optional(),
  gpuLayers: z.array(wholeSchema).min(1).max(16).optional(),
  flashAttention: z.enum(['on', 'off', 'auto']).optional(),
  goal: z.enum(['quality', 'speed', 'balanced']).optional(),
  constraints: constraintsSchema.optional(),
});
