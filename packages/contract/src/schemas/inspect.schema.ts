import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import { bytesSchema, levelSchema, shareSchema } from './parts.schema.js';

const metadataSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.strictObject({ elementType: z.string(), length: z.int(), values: z.array(z.unknown()).nullable() }),
]);

/** A metadata value as JSON holds it: long arrays are told by their length alone. */
export type MetadataDocument = DocumentOf<typeof metadataSchema>;

const count = z.int().nullable();

/** Shape of `InspectDocument`. */
export const inspectSchema = z.strictObject({
  schema: z.literal('plimsoll.inspect/1'),
  model: z.strictObject({
    name: z.string().nullable(),
    architecture: z.string(),
    /** Number of weights. */
    parameters: z.int(),
    level: levelSchema.nullable(),
    contextLength: count,
    layers: count,
    embeddingLength: count,
    heads: count,
    keyValueHeads: count,
    experts: count,
    expertsUsed: count,
    vocabulary: count,
    license: z.string().nullable(),
  }),
  source: z.strictObject({
    origin: z.string(),
    path: z.string().nullable(),
    digest: z.string().nullable(),
    /** Bytes fetched over a network for this answer. */
    fetchedBytes: bytesSchema,
    ggufVersion: z.int(),
    parts: z.int(),
    headerBytes: bytesSchema,
    fileBytes: bytesSchema.nullable(),
    tensorBytes: bytesSchema,
  }),
  /** Tensor types by bytes, largest first. */
  types: z.array(z.strictObject({ type: z.string(), tensors: z.int(), bytes: bytesSchema, share: shareSchema })),
  /** With `--tensors`. */
  tensors: z
    .array(z.strictObject({ name: z.string(), type: z.string(), shape: z.array(z.number()), bytes: bytesSchema }))
    .exactOptional(),
  /** With `--metadata`. */
  metadata: z.record(z.string(), metadataSchema).exactOptional(),
});

/** What `plimsoll inspect` prints with `--json`. Null is not told by the file. */
export type InspectDocument = DocumentOf<typeof inspectSchema>;
