import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import { bytesSchema } from './parts.schema.js';
import { budgetSchema, candidateSchema, plannedModelSchema } from './plan.schema.js';

/** Shape of `ResidentPlanDocument`. */
export const planTogetherSchema = z.strictObject({
  schema: z.literal('plimsoll.plan-together/1'),
  budget: budgetSchema,
  /** Whether all can be resident at once. */
  fits: z.boolean(),
  /** In the order they were named; empty when they do not all fit. */
  models: z.array(
    z.strictObject({ model: plannedModelSchema, device: z.int().min(0).nullable(), candidate: candidateSchema }),
  ),
  /** All of them together, the learned overhead included. */
  totalBytes: bytesSchema,
  /** Bytes missing even at the smallest of everything; 0 when all fit. */
  shortBytes: bytesSchema,
  reasons: z.array(z.string()),
});

/** Several models in memory at once, `plimsoll plan a b --json`. */
export type ResidentPlanDocument = DocumentOf<typeof planTogetherSchema>;
