import type { PlanModelRequest } from '@plimsoll/application';
import { LEVEL_NAMES } from '@plimsoll/domain';
import type { PlanConstraints } from '@plimsoll/domain';
import { z } from 'zod';
import { kvCacheTypeSchema, levelSchema, modelNameSchema, wholeWithin } from './field-schemas.js';

/** The values of one axis of the grid. */
const axis = <Value>(value: z.ZodType<Value>, most = 16): z.ZodOptional<z.ZodArray<z.ZodType<Value>>> =>
  z.array(value).min(1).max(most).optional();

const constraintsSchema: z.ZodType<PlanConstraints> = z.strictObject({
  minContextTokens: wholeWithin('contextTokens').optional(),
  minDecodeTokensPerSecond: z.number().min(0).optional(),
  maxPerplexityIncrease: z.number().min(0).optional(),
  maxMeanKld: z.number().min(0).optional(),
  minSameTopToken: z.number().min(0).max(1).optional(),
  allowPartial: z.boolean().optional(),
});

const NAMES = 'A name of the backend, a path, an https:// URL, hf.co/org/repo, or ollama:name';

/** What `POST /plan` is asked for. */
export type PlanCall =
  | { readonly kind: 'one'; readonly request: PlanModelRequest; readonly exact: boolean }
  | {
      readonly kind: 'together';
      readonly models: readonly string[];
      readonly request: Omit<PlanModelRequest, 'model'>;
    };

const body = z
  .strictObject({
    model: modelNameSchema.optional().describe(NAMES),
    models: z
      .array(modelNameSchema)
      .min(1)
      .max(12)
      .optional()
      .describe('In place of model: models that are to be in memory at once'),
    exact: z.boolean().default(false).describe('Whether the engine itself is asked for its bytes, which takes longer'),
    vramBytes: wholeWithin('memoryBytes')
      .optional()
      .describe("Device memory to plan with instead of the machine's; 0: processor alone"),
    gpu: z
      .union([z.string().min(1).max(200), z.array(z.string().min(1).max(200)).min(1).max(16)])
      .optional()
      .describe('A card to plan with, such as RTX 4060 or 2x RTX 3090, or several'),
    ramBytes: wholeWithin('memoryBytes').optional().describe("RAM to plan with instead of the machine's"),
    ramBandwidth: z.number().positive().max(1e14).optional().describe('Its peak bandwidth in bytes per second'),
    cpuThreads: wholeWithin('threads').optional().describe('Cores of the processor'),
    levels: axis(levelSchema, LEVEL_NAMES.length),
    contexts: axis(wholeWithin('contextTokens')),
    keyCacheTypes: axis(kvCacheTypeSchema),
    valueCacheTypes: axis(kvCacheTypeSchema),
    parallel: axis(wholeWithin('parallel')),
    gpuLayers: axis(wholeWithin('gpuLayers')),
    expertLayersOnHost: wholeWithin('gpuLayers').optional().describe('Layers whose experts stay in RAM'),
    microBatchTokens: wholeWithin('microBatchTokens').optional().describe('Prompt tokens computed at once; 512'),
    projector: modelNameSchema.optional().describe('The projector (mmproj) that is loaded beside the model'),
    draft: modelNameSchema
      .optional()
      .describe('The smaller model that drafts tokens for it, or mtp for prediction layers of its own'),
    flashAttention: z.enum(['on', 'off', 'auto']).optional(),
    prefer: z.enum(['quality', 'speed', 'balanced']).optional().describe('What counts more in the choice'),
    constraints: constraintsSchema.optional(),
  })
  .refine(({ model, models }) => (model === undefined) !== (models === undefined), {
    error: 'give either model or models',
    path: ['model'],
  })
  .refine(({ models, exact }) => models === undefined || !exact, {
    error: 'the engine is asked about one model; leave it out with models',
    path: ['exact'],
  })
  .refine(
    ({ models, projector, draft, expertLayersOnHost }) =>
      models === undefined || (projector ?? draft ?? expertLayersOnHost) === undefined,
    {
      error: 'projector, draft and expertLayersOnHost are about one model; leave them out with models',
      path: ['projector'],
    },
  );

/** Every model that a call names. */
export const modelsOf = (call: PlanCall): readonly string[] => [
  ...(call.kind === 'one' ? [call.request.model] : call.models),
  ...[call.request.projector, call.request.draft].filter((name) => name !== undefined),
];

/** The body of `POST /plan`. Everything but what to plan may be left out. The grid as a whole is bounded by the domain. */
export const planCallSchema: z.ZodType<PlanCall> = body.transform(({ model, models, exact, ...request }) =>
  models === undefined
    ? { kind: 'one', request: { ...request, model: model ?? '' }, exact }
    : { kind: 'together', models, request },
);
