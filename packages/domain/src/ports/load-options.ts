import type { OperatingPoint, PartialShape } from '../footprint/operating-point.js';

/** A file of small matrices that change what a model answers (LoRA), made for just that model. */
export interface LoraAdapter {
  /** A GGUF file. */
  readonly path: string;
  /** How strongly it counts: 1 as it was trained. */
  readonly scale: number;
}

/**
 * How a model is loaded: an operating point without the quantization, which the variant's file has, and what matters
 * only to the one who runs it. What is absent is the backend's choice; a backend may reload the model when something
 * changes. What a backend cannot choose for one model (see its README) it ignores, except the cache types and adapters:
 * others than were asked for would change the answers.
 */
export interface LoadOptions extends PartialShape {
  /** Tokens that are handed to the engine at once; it computes them `microBatchTokens` at a time. */
  readonly batchTokens?: number | undefined;
  readonly threads?: number | undefined;
  /** Applied together; none when absent, where an answer is asked for. */
  readonly adapters?: readonly LoraAdapter[] | undefined;
  /** How long the model stays after its last use: milliseconds, or `forever`. Absent: the backend's own rule. */
  readonly keepAlive?: number | 'forever' | undefined;
}

/** All of a point but the quantization. */
export function loadOptionsOf(point: OperatingPoint): LoadOptions {
  const { contextTokens, parallel, microBatchTokens, keyCacheType, valueCacheType, flashAttention, placement } = point;
  return { contextTokens, parallel, microBatchTokens, keyCacheType, valueCacheType, flashAttention, placement };
}

/** What of the options shapes the run: what a measurement keeps. */
export function shapeOf(load: LoadOptions): PartialShape {
  const { contextTokens, parallel, microBatchTokens, keyCacheType, valueCacheType, flashAttention, placement } = load;
  return said({
    ...{ contextTokens, parallel, microBatchTokens, keyCacheType, valueCacheType, flashAttention },
    placement: placement && said(placement),
  });
}

/** `over` where it says something, `base` elsewhere. */
export function mergeLoadOptions(base: LoadOptions, over: LoadOptions | undefined): LoadOptions {
  if (over === undefined) return base;
  const placement = { ...base.placement, ...said(over.placement ?? {}) };
  const rest = said({ ...over, placement: undefined });
  return { ...base, ...rest, ...(Object.keys(placement).length === 0 ? {} : { placement }) };
}

function said<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;
}
