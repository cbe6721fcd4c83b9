import type { ResidentPlanDocument } from '@plimsoll/domain';
import { z } from 'zod';
import { bytesSchema } from './parts.schema.js';
import { budgetSchema, candidateSchema, plannedModelSchema } from './plan.schema.js';

/** Shape of what `plimsoll plan a b …` prints with `--json`; the domain makes it. */
export const planTogetherSchema: z.ZodType<ResidentPlanDocument> = z.strictObject({
  schema: z.literal('plimsoll.plan-together/1'),
  budget: budgetSchema,
  fits: z.boolean(),
  models: z.array(
    z.strictObject({ model: plannedModelSchema, device: z.int().min(0).nullable(), candidate: candidateSchema }),
  ),
  totalBytes: bytesSchema,
  shortBytes: bytesSchema,
  reasons: z.array(z.string()),
});
