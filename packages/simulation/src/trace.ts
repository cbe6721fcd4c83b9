import { InvalidInputError, LEVEL_NAMES, quantizationNamed } from '@plimsoll/domain';
import type { Rung } from '@plimsoll/domain';
import { z } from 'zod';

const bytes = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const rungSchema = z.strictObject({
  level: z.enum(LEVEL_NAMES as [string, ...string[]]),
  deviceBytes: bytes,
  hostBytes: bytes.default(0),
  loss: z.number().min(0),
  tokensPerSecond: z.number().positive(),
  parallel: z.number().int().min(1).max(64).default(1),
  contextTokens: z.number().int().min(1).default(8192),
  cache: z.enum(['f16', 'q8_0', 'q4_0']).default('f16'),
  powerW: z.number().positive().nullable().default(null),
});

const machineSchema = z.strictObject({
  kind: z.literal('machine'),
  name: z.string().min(1).max(80),
  about: z.string().max(400),
  durationMs: z
    .number()
    .int()
    .min(1000)
    .max(24 * 3_600_000),
  deviceBytes: bytes.min(1),
  hostBytes: bytes.min(1),
  /** Cap on what our models may hold on the device. */
  limitBytes: bytes.nullable().default(null),
  models: z
    .array(
      z.strictObject({ name: z.string().min(1), loadMs: z.number().min(0), rungs: z.array(rungSchema).min(1).max(64) }),
    )
    .min(1)
    .max(16),
});

const eventSchema = z.strictObject({
  atMs: z.number().int().min(0),
  /** Bytes of the device that other programs take from now on. */
  foreignBytes: bytes.optional(),
  /** The same of the host. */
  hostForeignBytes: bytes.optional(),
  /** Host memory that holds cached files: a program can have it at any time. */
  pageCacheBytes: bytes.optional(),
  /** Temperature of the air that cools the device, °C. */
  ambientC: z.number().min(-40).max(80).optional(),
  powerCapped: z.boolean().optional(),
  probe: z.enum(['lost', 'back']).optional(),
  /** From now on a load of more bytes than this fails, whatever is free (fragments, a driver's own needs). */
  loadFailsAbove: bytes.nullable().optional(),
  request: z.strictObject({ model: z.string(), tokens: z.number().int().min(1).max(100_000) }).optional(),
});

/** One thing that happens. */
export type TraceEvent = z.infer<typeof eventSchema>;

/** A model of a trace with its ladder. */
export interface TraceModel {
  readonly name: string;
  readonly loadMs: number;
  readonly ladder: readonly Rung[];
}

/** A machine, its models, and what happens to them. */
export interface Trace {
  readonly name: string;
  readonly about: string;
  readonly durationMs: number;
  readonly deviceBytes: number;
  readonly hostBytes: number;
  readonly limitBytes: number | null;
  readonly models: readonly TraceModel[];
  /** In the order of time. */
  readonly events: readonly TraceEvent[];
}

const MOST_EVENTS = 200_000;

/**
 * Reads a trace: lines of JSON, the machine first, then one event a line.
 * @throws InvalidInputError naming the line and what is wrong with it
 */
export function parseTrace(text: string): Trace {
  const lines = text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [{ line, number: index + 1 }]));
  const [head, ...rest] = lines;
  if (head === undefined) throw new InvalidInputError('The trace is empty.');
  if (rest.length > MOST_EVENTS) throw new InvalidInputError(`The trace has more than ${MOST_EVENTS} events.`);
  const { models, name, about, durationMs, deviceBytes, hostBytes, limitBytes } = parseLine(head, machineSchema);
  const events = rest.map((line) => parseLine(line, eventSchema)).sort((a, b) => a.atMs - b.atMs);
  const withLadders = models.map(({ rungs, ...model }) => ({ ...model, ladder: rungs.map(rungOf) }));
  return { name, about, durationMs, deviceBytes, hostBytes, limitBytes, models: withLadders, events };
}

function parseLine<Schema extends z.ZodType>(
  { line, number }: { line: string; number: number },
  schema: Schema,
): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new InvalidInputError(`Line ${number} of the trace is not JSON.`, { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InvalidInputError(
    `Line ${number} of the trace: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is wrong'}`,
  );
}

function rungOf(facts: z.infer<typeof rungSchema>): Rung {
  const { level, deviceBytes, hostBytes, loss, tokensPerSecond, parallel, contextTokens, cache, powerW } = facts;
  return {
    point: {
      quantization: quantizationNamed(level as (typeof LEVEL_NAMES)[number]),
      contextTokens,
      parallel,
      microBatchTokens: 512,
      keyCacheType: cache,
      valueCacheType: cache,
      flashAttention: 'auto',
      placement: { gpuLayers: 99, split: [1], expertLayersOnHost: 0 },
    },
    bytes: { device: deviceBytes, host: hostBytes },
    decodeTokensPerSecond: tokensPerSecond,
    loss,
    powerW,
  };
}
