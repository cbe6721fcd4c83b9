import type { Level } from '@plimsoll/domain';
import { z } from 'zod';
import { bytesSchema, levelSchema, shareSchema } from './parts.schema.js';

/** A metadata value as JSON holds it: long arrays are told by their length alone. */
export type MetadataDocument =
  | string
  | number
  | boolean
  | { readonly elementType: string; readonly length: number; readonly values: readonly unknown[] | null };

/** What `plimsoll inspect` prints with `--json`. Null is not told by the file. */
export interface InspectDocument {
  readonly schema: 'plimsoll.inspect/1';
  readonly model: {
    readonly name: string | null;
    readonly architecture: string;
    /** Number of weights. */
    readonly parameters: number;
    readonly level: Level | null;
    readonly contextLength: number | null;
    readonly layers: number | null;
    readonly embeddingLength: number | null;
    readonly heads: number | null;
    readonly keyValueHeads: number | null;
    readonly experts: number | null;
    readonly expertsUsed: number | null;
    readonly vocabulary: number | null;
    readonly license: string | null;
  };
  readonly source: {
    readonly origin: string;
    readonly path: string | null;
    readonly digest: string | null;
    /** Bytes fetched over a network for this answer. */
    readonly fetchedBytes: number;
    readonly ggufVersion: number;
    readonly parts: number;
    readonly headerBytes: number;
    readonly fileBytes: number | null;
    readonly tensorBytes: number;
  };
  /** Tensor types by bytes, largest first. */
  readonly types: readonly {
    readonly type: string;
    readonly tensors: number;
    readonly bytes: number;
    /** Share of all tensor bytes. */
    readonly share: number;
  }[];
  /** With `--tensors`. */
  readonly tensors?: readonly {
    readonly name: string;
    readonly type: string;
    readonly shape: readonly number[];
    readonly bytes: number;
  }[];
  /** With `--metadata`. */
  readonly metadata?: Readonly<Record<string, MetadataDocument>>;
}

const metadataSchema: z.ZodType<MetadataDocument> = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.strictObject({ elementType: z.string(), length: z.int(), values: z.array(z.unknown()).nullable() }),
]);

const count = z.int().nullable();

/** Shape of `InspectDocument`. */
export const inspectSchema: z.ZodType<InspectDocument> = z.strictObject({
  schema: z.literal('plimsoll.inspect/1'),
  model: z.strictObject({
    name: z.string().nullable(),
    architecture: z.string(),
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
    fetchedBytes: bytesSchema,
    ggufVersion: z.int(),
    parts: z.int(),
    headerBytes: bytesSchema,
    fileBytes: bytesSchema.nullable(),
    tensorBytes: bytesSchema,
  }),
  types: z.array(z.strictObject({ type: z.string(), tensors: z.int(), bytes: bytesSchema, share: shareSchema })),
  tensors: z
    .array(z.strictObject({ name: z.string(), type: z.string(), shape: z.array(z.number()), bytes: bytesSchema }))
    .exactOptional(),
  metadata: z.record(z.string(), metadataSchema).exactOptional(),
});
