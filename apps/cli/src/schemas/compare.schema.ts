import type { KvCacheType, Level } from '@plimsoll/domain';
import { z } from 'zod';
import { comparedLevelSchema, type ComparedLevelDocument } from './compared-level.schema.js';
import { kvCacheSchema, levelSchema } from './parts.schema.js';

/** What `plimsoll compare` prints with `--json`. */
export interface CompareDocument {
  readonly schema: 'plimsoll.compare/1';
  /** Names the comparison in the store; running the same one again after an interruption goes on with it. */
  readonly id: string;
  readonly model: string;
  readonly reference: { readonly level: Level; readonly kvCache: KvCacheType };
  readonly environment: {
    readonly backend: string;
    readonly engineBuild: string | null;
    readonly device: string | null;
    readonly driver: string | null;
    readonly platform: string;
  };
  /** Null when quality was not measured. */
  readonly text: { readonly tokens: number; readonly window: number } | null;
  /** What was asked for and could not be measured, and why; empty when all was. */
  readonly notMeasured: readonly { readonly what: 'quality' | 'prompts'; readonly reason: string }[];
  readonly levels: readonly ComparedLevelDocument[];
  readonly verdict: {
    readonly recommended: { readonly level: Level; readonly kvCache: KvCacheType } | null;
    readonly sentences: readonly string[];
  };
  /** The HTML page that was written, or null. */
  readonly report: string | null;
}

/** Shape of `CompareDocument`. */
export const compareSchema: z.ZodType<CompareDocument> = z.strictObject({
  schema: z.literal('plimsoll.compare/1'),
  id: z.string(),
  model: z.string(),
  reference: z.strictObject({ level: levelSchema, kvCache: kvCacheSchema }),
  environment: z.strictObject({
    backend: z.string(),
    engineBuild: z.string().nullable(),
    device: z.string().nullable(),
    driver: z.string().nullable(),
    platform: z.string(),
  }),
  text: z.strictObject({ tokens: z.int(), window: z.int() }).nullable(),
  notMeasured: z.array(z.strictObject({ what: z.enum(['quality', 'prompts']), reason: z.string() })),
  levels: z.array(comparedLevelSchema),
  verdict: z.strictObject({
    recommended: z.strictObject({ level: levelSchema, kvCache: kvCacheSchema }).nullable(),
    sentences: z.array(z.string()),
  }),
  report: z.string().nullable(),
});
