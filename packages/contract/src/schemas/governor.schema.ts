import type { DocumentOf } from '../document-of.js';
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
/** Whether the governor acts, only says what it would do, or does neither. */
export const governorModeSchema = z.enum(['active', 'dry-run', 'hold']);
/** What is fixed about a model: nothing, that it stays loaded, or that it stays at its point too. */
export const governorPinSchema = z.enum(['none', 'loaded', 'point']);

/** `GET /governor`: who holds what memory, and where each model stands on its ladder. */
export const governorSchema = z.object({
  schema: z.literal('plimsoll.governor/1'),
  mode: governorModeSchema,
  hold: z.string().nullable(),
  memory: z.array(memory),
  models: z.array(
    z.object({
      name: z.string(),
      loaded: z.boolean(),
      changing: z.boolean(),
      pin: governorPinSchema,
      activeRequests: z.int(),
      latched: z.boolean(),
      rung: z.int(),
      ladder: z.array(rung),
    }),
  ),
});
/** What `plimsoll governor` and `GET /governor` answer. */
export type GovernorDocument = DocumentOf<typeof governorSchema>;

const decision = z.object({
  atMs: z.number(),
  rule: z.string(),
  direction: z.enum(['down', 'up']),
  action: z.looseObject({ kind: z.string(), model: z.string() }),
  /** What was known when it was decided. */
  inputs: z.object({
    memory: z.array(memory.extend({ capacityBytes: z.number().nullable() })),
    heat: z.array(
      z.object({
        device: z.string(),
        atMs: z.number(),
        throttling: z.boolean().nullable(),
        marginC: z.number().nullable(),
        powerW: z.number().nullable(),
      }),
    ),
    hostStallShare: z.number().nullable(),
  }),
  prediction: z.object({
    domain: z.string().nullable(),
    freeBytesBefore: z.number().nullable(),
    freeBytesAfter: z.number().nullable(),
  }),
  carriedOut: z.enum(['done', 'dry-run', 'failed']),
  error: z.string().nullable(),
});

/** `GET /governor/log`: what was decided and how it turned out, oldest first. */
export const governorLogSchema = z.object({
  schema: z.literal('plimsoll.governor-log/1'),
  decisions: z.array(decision.extend({ outcome: z.looseObject({}).nullable() })),
});
/** What `plimsoll governor log` and `GET /governor/log` answer. */
export type GovernorLogDocument = DocumentOf<typeof governorLogSchema>;

/** The data of an event of `GET /governor/events`; `kind` is the event's name too. */
export const governorEventSchema = z.discriminatedUnion('kind', [
  decision.extend({ kind: z.literal('decision') }),
  z.object({
    kind: z.literal('pressure'),
    domain: z.string(),
    level: z.enum(['none', 'soft', 'hard']),
    freeBytes: z.number().nullable(),
    capacityBytes: z.number().nullable(),
  }),
  z.object({
    kind: z.literal('steered'),
    mode: governorModeSchema,
    pinned: z.object({ model: z.string(), to: governorPinSchema }).nullable(),
  }),
  /** The reader was so slow that events before this one were left out; the log has the decisions. */
  z.object({ kind: z.literal('lost'), events: z.int() }),
]);
/** One event of `GET /governor/events`. */
export type GovernorEventDocument = DocumentOf<typeof governorEventSchema>;
