import type { Level, PlanDocument } from '@plimsoll/domain';
import { z } from 'zod';
import { compareSchema, type CompareDocument } from './compare.schema.js';
import { durationSchema, levelSchema } from './parts.schema.js';
import { gpuSchema, type GpuDocument } from './gpu.schema.js';
import { planSchema } from './plan.schema.js';

/** What `plimsoll demo` prints with `--json`: the documents of its steps. */
export interface DemoDocument {
  readonly schema: 'plimsoll.demo/1';
  readonly machine: GpuDocument;
  readonly plan: PlanDocument;
  readonly comparison: CompareDocument;
  readonly recommended: Level | null;
  /** Folder with the variants that were made. */
  readonly folder: string;
  readonly durationMs: number;
}

/** Shape of `DemoDocument`. */
export const demoSchema: z.ZodType<DemoDocument> = z.strictObject({
  schema: z.literal('plimsoll.demo/1'),
  machine: gpuSchema,
  plan: planSchema,
  comparison: compareSchema,
  recommended: levelSchema.nullable(),
  folder: z.string(),
  durationMs: durationSchema,
});
