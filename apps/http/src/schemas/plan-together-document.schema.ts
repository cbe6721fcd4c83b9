import type { ResidentPlanDocument } from '@plimsoll/domain';
import { z } from 'zod';
import { budgetSchema, candidateSchema, plannedModelSchema } from './plan-document.schema.js';

/** Several models in memory at once, `plimsoll.plan-together/1`: what `plimsoll plan a b --json` prints. */
export const planTogetherDocumentSchema: z.ZodType<ResidentPlanDocument> = z.object({
  schema: z.literal('plimsoll.plan-together/1'),
  budget: budgetSchema,
  fits: z.boolean(),
  models: z.array(z.object({ model: plannedModelSchema, device: z.number().nullable(), candidate: candidateSchema })),
  totalBytes: z.number(),
  shortBytes: z.number(),
  reasons: z.array(z.string()),
});
