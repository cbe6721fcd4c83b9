import { z } from 'zod';
import { bytesSchema, shareSchema, timeSchema } from './parts.schema.js';

/** One look at a device. Null is unknown. */
export interface GpuReadingDocument {
  readonly atMs: number;
  readonly totalBytes: number | null;
  readonly usedBytes: number | null;
  readonly freeBytes: number | null;
  readonly utilization: number | null;
  readonly temperatureC: number | null;
  readonly thermalMarginC: number | null;
  readonly thermalThrottling: boolean | null;
  readonly powerCapped: boolean | null;
  readonly powerW: number | null;
  readonly powerLimitW: number | null;
  readonly processes:
    readonly { readonly pid: number; readonly name: string | null; readonly usedBytes: number | null }[] | null;
}

/** What `plimsoll gpu` prints with `--json`; with `--watch` one such document per line. */
export interface GpuDocument {
  readonly schema: 'plimsoll.gpu/1';
  readonly host: {
    readonly totalBytes: number;
    readonly availableBytes: number;
    readonly processorName: string | null;
    readonly processors: number;
    readonly platform: string;
  };
  readonly devices: readonly {
    readonly id: string;
    readonly index: number;
    readonly name: string;
    readonly vendor: 'nvidia' | 'amd' | 'apple' | 'intel' | 'other';
    readonly memory: 'dedicated' | 'unified';
    readonly totalBytes: number | null;
    readonly driver: string | null;
    /** Null when the device gives no readings. */
    readonly reading: GpuReadingDocument | null;
  }[];
}

const readingSchema: z.ZodType<GpuReadingDocument> = z.strictObject({
  atMs: timeSchema,
  totalBytes: bytesSchema.nullable(),
  usedBytes: bytesSchema.nullable(),
  freeBytes: bytesSchema.nullable(),
  utilization: shareSchema.nullable(),
  temperatureC: z.number().nullable(),
  thermalMarginC: z.number().nullable(),
  thermalThrottling: z.boolean().nullable(),
  powerCapped: z.boolean().nullable(),
  powerW: z.number().nullable(),
  powerLimitW: z.number().nullable(),
  processes: z
    .array(z.strictObject({ pid: z.int(), name: z.string().nullable(), usedBytes: bytesSchema.nullable() }))
    .nullable(),
});

/** Shape of `GpuDocument`. */
export const gpuSchema: z.ZodType<GpuDocument> = z.strictObject({
  schema: z.literal('plimsoll.gpu/1'),
  host: z.strictObject({
    totalBytes: bytesSchema,
    availableBytes: bytesSchema,
    processorName: z.string().nullable(),
    processors: z.int(),
    platform: z.string(),
  }),
  devices: z.array(
    z.strictObject({
      id: z.string(),
      index: z.int(),
      name: z.string(),
      vendor: z.enum(['nvidia', 'amd', 'apple', 'intel', 'other']),
      memory: z.enum(['dedicated', 'unified']),
      totalBytes: bytesSchema.nullable(),
      driver: z.string().nullable(),
      reading: readingSchema.nullable(),
    }),
  ),
});
