import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import { bytesSchema, shareSchema, timeSchema } from './parts.schema.js';

const readingSchema = z.strictObject({
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

/** One look at a device. Null is unknown. */
export type GpuReadingDocument = DocumentOf<typeof readingSchema>;

/** Shape of `GpuDocument`. */
export const gpuSchema = z.strictObject({
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
      /** Null when the device gives no readings. */
      reading: readingSchema.nullable(),
    }),
  ),
});

/** Shape of `GpuListDocument`. */
export const gpuListSchema = z.strictObject({
  schema: z.literal('plimsoll.gpu-list/1'),
  devices: z.array(
    z.strictObject({
      name: z.string(),
      vendor: z.enum(['nvidia', 'amd', 'apple', 'intel', 'other']),
      memory: z.enum(['dedicated', 'unified']),
      /** Sizes that it is sold with, ascending. */
      memoryOptionsBytes: z.array(bytesSchema),
      bandwidthBytesPerSecond: z.number().nullable(),
      fp16Tflops: z.number().nullable(),
      source: z.string(),
    }),
  ),
  /** Where none was found: names that look like what was asked for. */
  near: z.array(z.string()),
});

/** What `plimsoll gpu --list` prints with `--json`: devices that can be planned for by name. */
export type GpuListDocument = DocumentOf<typeof gpuListSchema>;

/** What `plimsoll gpu` prints with `--json`; with `--watch` one such document per line. */
export type GpuDocument = DocumentOf<typeof gpuSchema>;
