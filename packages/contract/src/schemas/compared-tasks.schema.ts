import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import { shareSchema } from './parts.schema.js';

const estimateSchema = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });
const estimate = estimateSchema.nullable();

/** A rate or mean with its 95 % interval. */
export type TaskEstimateDocument = DocumentOf<typeof estimateSchema>;

/** Shape of `ComparedTasksDocument`. */
export const comparedTasksSchema = z.strictObject({
  total: z.int().min(0),
  passed: z.int().min(0),
  /** Judged, and wrong. */
  failed: z.int().min(0),
  /** Not judged, because the backend or the grader failed; running the comparison again tries them again. */
  errors: z.int().min(0),
  /** Which tasks these were, and why. */
  failures: z.array(
    z.strictObject({ id: z.string(), errorCode: z.string().nullable(), message: z.string().nullable() }),
  ),
  /** Share of the judged tasks that passed, with Wilson's 95 % interval. */
  passRate: estimate,
  /** Mean score of the user's grader, with a 95 % bootstrap interval. */
  meanScore: estimate,
  /** Null for the reference. */
  againstReference: z
    .strictObject({
      /** Ids of tasks that only the reference solved, and that only this level did. */
      lost: z.array(z.string()),
      gained: z.array(z.string()),
      /** McNemar's test. */
      pValue: shareSchema.nullable(),
      /** Sign-flip test of the differences in score. */
      scorePValue: shareSchema.nullable(),
    })
    .nullable(),
});

/** How a level did on tasks. Prompts and answers are the user's and stay out of it. */
export type ComparedTasksDocument = DocumentOf<typeof comparedTasksSchema>;
