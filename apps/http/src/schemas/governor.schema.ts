import type { Governor } from '@plimsoll/composition';
import type { LoggedDecision } from '@plimsoll/application';
import type { Rung } from '@plimsoll/domain';
import { z } from 'zod';

const bytes = z.record(z.string(), z.number());
const memory = z.object({
  domain: z.string(),
  totalBytes: z.number().nullable(),
  usedBytes: z.number().nullable(),
  ownBytes: z.number(),
  foreignBytes: z.number().nullable(),
  freeBytes: z.number().nullable(),
  atMs: z.number(),
});
const rung = z.object({
  level: z.string().nullable(),
  contextTokens: z.int(),
  keyCacheType: z.string(),
  valueCacheType: z.string(),
  gpuLayers: z.int(),
  parallel: z.int(),
  bytes,
  decodeTokensPerSecond: z.number().nullable(),
  loss: z.number().nullable(),
});
const mode = z.enum(['active', 'dry-run', 'hold']);
const pin = z.enum(['none', 'loaded', 'point']);

/** `GET /governor`: who holds what memory, and where each model stands on its ladder. */
export const governorDocumentSchema = z.object({
  schema: z.literal('plimsoll.governor/1'),
  mode,
  hold: z.string().nullable(),
  memory: z.array(memory),
  models: z.array(
    z.object({
      name: z.string(),
      loaded: z.boolean(),
      changing: z.boolean(),
      pin,
      activeRequests: z.int(),
      latched: z.boolean(),
      rung: z.int(),
      ladder: z.array(rung),
    }),
  ),
});
export type GovernorDocument = z.infer<typeof governorDocumentSchema>;

/** `GET /governor/log`: what was decided and how it turned out, oldest first. */
export const governorLogSchema = z.object({
  schema: z.literal('plimsoll.governor-log/1'),
  decisions: z.array(
    z.object({
      atMs: z.number(),
      rule: z.string(),
      direction: z.enum(['down', 'up']),
      action: z.looseObject({ kind: z.string(), model: z.string() }),
      prediction: z.object({
        domain: z.string().nullable(),
        freeBytesBefore: z.number().nullable(),
        freeBytesAfter: z.number().nullable(),
      }),
      carriedOut: z.enum(['done', 'dry-run', 'failed']),
      error: z.string().nullable(),
      outcome: z.looseObject({}).nullable(),
    }),
  ),
});
export type GovernorLogDocument = z.infer<typeof governorLogSchema>;

/** `PUT /governor` */
export const governorChangeSchema = z.strictObject({
  mode: mode.optional(),
  pin: z.strictObject({ model: z.string().min(1).max(512), to: pin }).optional(),
});

/** The state of a governor as a document. */
export async function governorDocument({ govern }: Governor): Promise<GovernorDocument> {
  const { mode: now, hold, ledger, models, latched } = await govern.status();
  return {
    schema: 'plimsoll.governor/1',
    mode: now,
    hold,
    memory: [...ledger],
    models: models.map((model) => ({
      name: model.name,
      loaded: model.loaded,
      changing: model.changing,
      pin: model.pin,
      activeRequests: model.activeRequests,
      latched: latched[model.name] !== undefined,
      rung: model.rung,
      ladder: model.ladder.map(writeRung),
    })),
  };
}

function writeRung({
  point,
  bytes: held,
  decodeTokensPerSecond,
  loss,
}: Rung): GovernorDocument['models'][0]['ladder'][0] {
  const { quantization, contextTokens, keyCacheType, valueCacheType, placement, parallel } = point;
  return {
    level: quantization.kind === 'preset' ? quantization.level : null,
    ...{ contextTokens, keyCacheType, valueCacheType, gpuLayers: placement.gpuLayers, parallel },
    ...{ bytes: { ...held }, decodeTokensPerSecond, loss },
  };
}

/** The decisions of a governor as a document. */
export function governorLogDocument(entries: readonly LoggedDecision[]): GovernorLogDocument {
  return {
    schema: 'plimsoll.governor-log/1',
    decisions: entries.map(({ decision, carriedOut, error, outcome }) => ({
      ...decision,
      action: { ...decision.action },
      ...{ carriedOut, error, outcome: outcome === null ? null : { ...outcome } },
    })),
  };
}
