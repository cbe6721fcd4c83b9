import { z } from 'zod';
import { shareSchema } from './parts.schema.js';

/** A rate or mean with its 95 % interval. */
export interface TaskEstimateDocument {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How a level did on tasks. Prompts and answers are the user's and stay out of it. */
export interface ComparedTasksDocument {
  readonly total: number;
  readonly passed: number;
  /** Judged, and wrong. */
  readonly failed: number;
  /** Not judged, because the backend or the grader failed; running the comparison again tries them again. */
  readonly errors: number;
  /** Which tasks these were, and the code of each error. */
  readonly failures: readonly { readonly id: string; readonly errorCode: string | null }[];
  /** Share of the judged tasks that passed, with Wilson's 95 % interval. */
  readonly passRate: TaskEstimateDocument | null;
  /** Mean score of the user's grader, with a 95 % bootstrap interval. */
  readonly meanScore: TaskEstimateDocument | null;
  /** Null for the reference. */
  readonly againstReference: {
    /** Ids of tasks that only the reference solved, and that only this level did. */
    readonly lost: readonly string[];
    readonly gained: readonly string[];
    /** McNemar's test. */
    readonly pValue: number | null;
    /** Sign-flip test of the differences in score. */
    readonly scorePValue: number | null;
  } | null;
}

const estimate = z.strictObject({ value: z.number(), low: z.number(), high: z.number() }).nullable();

/** Shape of `ComparedTasksDocument`. */
export const comparedTasksSchema: z.ZodType<ComparedTasksDocument> = z.strictObject({
  total: z.int().min(0),
  passed: z.int().min(0),
  failed: z.int().min(0),
  errors: z.int().min(0),
  failures: z.array(z.strictObject({ id: z.string(), errorCode: z.string().nullable() })),
  passRate: estimate,
  meanScore: estimate,
  againstReference: z
    .strictObject({
      lost: z.array(z.string()),
      gained: z.array(z.string()),
      pValue: shareSchema.nullable(),
      scorePValue: shareSchema.nullable(),
    })
    .nullable(),
});
