import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import { bytesSchema, durationSchema, levelSchema, presetSchema } from './parts.schema.js';

/** Shape of `QuantizeDocument`. */
export const quantizeSchema = z.strictObject({
  schema: z.literal('plimsoll.quantize/1'),
  model: z.string(),
  level: levelSchema,
  /** True: nothing was written, `sizeBytes` says what would be. */
  dryRun: z.boolean(),
  /** Name of the result as the backend knows it; null for a dry run. */
  name: z.string().nullable(),
  /** File on this machine, or null. */
  path: z.string().nullable(),
  method: z.enum(['pull', 'create', 'quantize', 'import']).nullable(),
  /** File of the importance matrix that it was quantized with, or null. */
  importanceMatrix: z.string().nullable(),
  sizeBytes: bytesSchema.nullable(),
  digest: z.string().nullable(),
  /** How tensors were given types one by one; null where a preset gave them. */
  mixed: z
    .strictObject({
      bitsPerWeight: z.number().min(0),
      /** Nats per token, by the sum over groups; null for a recipe that was given. */
      predictedLoss: z.number().min(0).nullable(),
      /** Mean KL divergence on text that was not used for choosing; null where it was not measured. */
      loss: z.number().nullable(),
      /** The preset that it was held against: of no more bytes, or for speed the fastest that loses no more. */
      preset: z.strictObject({ level: presetSchema, sizeBytes: bytesSchema, loss: z.number().nullable() }).nullable(),
      /** False: the preset was better, and was made instead. */
      kept: z.boolean(),
      /** Files that were measured for it, or known. */
      evaluations: z.int().min(0),
      /** The machine that it was chosen for, and the memory that it takes there; null where none was named. */
      fit: z
        .strictObject({
          machine: z.string(),
          usableBytes: bytesSchema,
          weightsBytes: bytesSchema,
          /** Cache, state, scratch memory and what drivers take. */
          otherBytes: bytesSchema,
          contextTokens: z.int().min(1),
        })
        .nullable(),
      /** How fast it is predicted to be, one sequence with an empty cache; null where speed was not asked for. */
      speed: z
        .strictObject({
          tokensPerSecond: z.number().min(0).nullable(),
          presetTokensPerSecond: z.number().min(0).nullable(),
          /** What it may lose on the text that it is judged on, nats per token; null where it was not judged. */
          mostLoss: z.number().nullable(),
          /** Whether the speeds of types were measured on this machine, or are typical of such a processor. */
          basis: z.enum(['measured', 'typical']),
          processor: z.string(),
          /** Weights that are multiplied in a second, by type. */
          weightsPerSecond: z.record(z.string(), z.number().min(0)),
        })
        .nullable(),
      groups: z.array(
        z.strictObject({
          name: z.string(),
          type: z.string(),
          bytes: bytesSchema,
          predictedLoss: z.number().min(0),
          /** What the group loses alone at about three bits, all else as it was: nats per token. */
          sensitivity: z.number().min(0),
        }),
      ),
    })
    .nullable(),
  durationMs: durationSchema,
});

/** What `plimsoll quantize` prints with `--json`. */
export type QuantizeDocument = DocumentOf<typeof quantizeSchema>;
