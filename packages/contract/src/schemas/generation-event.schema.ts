import { z } from 'zod';
import type { DocumentOf } from '../document-of.js';
import { failureSchema } from './failure.schema.js';
import { levelSchema } from './parts.schema.js';
import { runSchema } from './run.schema.js';

const logprobSchema = z.strictObject({ token: z.string(), logprob: z.number() });
const { stopReason, timings, variant } = runSchema.shape;

/** Data of each event of `POST /generate`, by the name of the event. */
export const generationEventSchemas = {
  /** The variant that answers. Comes again where another one takes over before the first text. */
  variant: z.strictObject({
    variant: z.string(),
    level: levelSchema.nullable(),
    digest: z.string().nullable(),
    reason: variant.shape.reason,
    made: variant.shape.made,
    /** What it is loaded with beyond the backend's own rules. */
    load: z.record(z.string(), z.unknown()),
    /** Where another variant answers than was wanted: which one was, and why it cannot be had now. */
    wanted: z
      .strictObject({ level: levelSchema, code: z.string(), message: z.string(), isBeingMade: z.boolean() })
      .nullable(),
  }),
  /** How far the making of a variant is. */
  progress: z.strictObject({
    phase: z.string(),
    completed: z.number().nullable(),
    total: z.number().nullable(),
    unit: z.enum(['bytes', 'tensors']),
  }),
  text: z.strictObject({
    text: z.string(),
    thinking: z.boolean(),
    logprob: z.number().nullable(),
    topLogprobs: z.array(logprobSchema).nullable(),
  }),
  'tool-call': z.strictObject({
    call: z.strictObject({ id: z.string(), name: z.string(), arguments: z.record(z.string(), z.unknown()) }),
  }),
  /** The last one of a whole answer. */
  done: z.strictObject({ stopReason, timings }),
  /** The last one of an answer that failed after it had begun. */
  error: failureSchema.shape.error,
};

type Schemas = typeof generationEventSchemas;

/** One server-sent event of `POST /generate`. */
export type GenerationEventDocument = {
  readonly [Name in keyof Schemas]: { readonly name: Name; readonly data: DocumentOf<Schemas[Name]> };
}[keyof Schemas];
