import { layerRanges } from '../footprint/layer-ranges.js';
import type { RunShape } from '../footprint/operating-point.js';
import type { ErrorCode, PlimsollError } from '../errors/plimsoll-error.js';
import { isPlimsollError } from '../errors/plimsoll-error.js';
import { isRecipeName } from '../quantization/variant-level.js';
import type { VariantLevel } from '../quantization/variant-level.js';
import type { MeasuredSpeed } from '../learning/measured-speed.js';
import { byPlacement } from './by-placement.js';
import type { PlanCandidate } from './plan.js';
import type { CacheTypes, PlanRequest } from './plan-request.js';
import type { Placed } from './placement.js';
import { offloadableLayers, placeBest, placeExactly, splitByBudget } from './placement.js';
import type { Prediction } from '../prediction/prediction.js';
import { UNKNOWN } from '../prediction/prediction.js';
import { asPublished, measuredWhenMade, priorKvCacheKld, priorQuality } from '../prediction/quality-prior.js';
import type { QualityExpectation } from '../prediction/quality-prior.js';
import type { ByPlace } from '../prediction/speed.js';
import { priorDecodeSpeed, priorPrefillSpeed } from '../prediction/speed.js';

/** llama.cpp's default. */
const MICRO_BATCH_TOKENS = 512;

/**
 * Every operating point of the grid, placed and judged. Levels that cannot be made and caches that the model cannot
 * have are left out; if nothing is left, the reason is thrown.
 */
export function candidatesOf(request: PlanRequest): readonly PlanCandidate[] {
  const result: PlanCandidate[] = [];
  let refusal: PlimsollError | null = null;
  for (const level of request.levels) {
    try {
      const facts = levelFacts(request, level);
      for (const cache of request.cacheTypes) {
        try {
          result.push(...withCache(request, level, facts, cache));
        } catch (error) {
          refusal = refused(error, 'invalid-input');
        }
      }
    } catch (error) {
      refusal = refused(error, 'unsupported-level');
    }
  }
  if (result.length === 0 && refusal !== null) throw refusal;
  return result;
}

/** The error if it is of that kind, else thrown on. */
function refused(error: unknown, code: ErrorCode): PlimsollError {
  if (isPlimsollError(error) && error.code === code) return error;
  throw error;
}

function withCache(
  request: PlanRequest,
  level: VariantLevel,
  facts: LevelFacts,
  cache: CacheTypes,
): readonly PlanCandidate[] {
  const variant = request.variantOf?.(level) ?? { name: request.model.name, status: 'unknown' as const };
  const quality = qualityOf(request, level, cache);
  const result: PlanCandidate[] = [];
  for (const contextTokens of request.contexts) {
    for (const parallel of request.parallel ?? [1]) {
      const base = baseShape(request, cache, contextTokens, parallel);
      const points = placements(request, level, base).map((placed): PlanCandidate => {
        const { decode, prefill } = speedOf(request, level, facts, placed);
        const { shape, footprint, overheadBytes, fit, shortBytes, headroomBytes } = placed;
        const expected = { decodeTokensPerSecond: decode, prefillTokensPerSecond: prefill, quality };
        return {
          level,
          shape,
          footprint,
          overheadBytes,
          fit,
          shortBytes,
          headroomBytes,
          pareto: false,
          expected,
          variant,
        };
      });
      // Layers that were asked for are all shown; of placements that were found, the one that is worth most.
      const best = points.toSorted(byPlacement(request.goal ?? 'balanced')).slice(0, 1);
      result.push(...(request.gpuLayers === undefined ? best : points));
    }
  }
  return result;
}

/** A shape without placement, the request's defaults filled in. */
export function baseShape(
  request: PlanRequest,
  cache: CacheTypes,
  contextTokens: number,
  parallel: number,
): Omit<RunShape, 'placement'> {
  return {
    contextTokens,
    parallel,
    microBatchTokens: request.microBatchTokens ?? MICRO_BATCH_TOKENS,
    keyCacheType: cache.keyCacheType,
    valueCacheType: cache.valueCacheType,
    flashAttention: request.flashAttention ?? 'auto',
  };
}

function placements(request: PlanRequest, level: VariantLevel, base: Omit<RunShape, 'placement'>): readonly Placed[] {
  const { gpuLayers, expertLayersOnHost } = request;
  if (gpuLayers === undefined && expertLayersOnHost === undefined) return placeBest(request, level, base);
  return (gpuLayers ?? [Infinity]).map((layers) => placeExactly(request, level, base, layers));
}

/** What the speed of all operating points of a level has in common. */
interface LevelFacts {
  readonly inputEmbeddingBytes: number;
  /** Bytes of all experts; 0 for dense models. */
  readonly expertBytes: number;
}

/**
 * Read off footprints: with all layers on a device the host keeps the input embedding alone, and what the device loses
 * when the experts stay behind are the experts.
 */
function levelFacts(request: PlanRequest, level: VariantLevel): LevelFacts {
  const cache = request.cacheTypes[0] ?? { keyCacheType: 'f16', valueCacheType: 'f16' };
  const base = baseShape(request, cache, request.contexts[0] ?? 256, 1);
  const { experts, tiedEmbeddings } = request.architecture;
  const gpuLayers = offloadableLayers(request);
  const on = (expertLayersOnHost: number): { readonly device: number; readonly host: number } => {
    const { devices, host } = request.footprint(level, {
      ...base,
      placement: { gpuLayers, split: [1], expertLayersOnHost },
    });
    return { device: devices[0]?.weightsBytes ?? 0, host: host.weightsBytes };
  };
  const whole = on(0);
  return {
    // A tied embedding on the host is also the output matrix, and read whole, once the output is there.
    inputEmbeddingBytes: tiedEmbeddings && splitByBudget(request.budget).length === 0 ? 0 : whole.host,
    expertBytes: experts === null ? 0 : whole.device - on(gpuLayers).device,
  };
}

function speedOf(
  request: PlanRequest,
  level: VariantLevel,
  facts: LevelFacts,
  { shape, footprint, fit }: Placed,
): MeasuredSpeed {
  if (fit === 'none') return { decode: UNKNOWN, prefill: UNKNOWN };
  const { gpuLayers, expertLayersOnHost } = shape.placement;
  const { experts } = request.architecture;
  const question = {
    level,
    footprint,
    inputEmbeddingBytes: facts.inputEmbeddingBytes,
    layers: layersByPlace(request, shape),
    expertBytes: experts === null ? null : expertsByPlace(request, level, facts, { shape, footprint }),
    expertsUsedShare: experts === null ? 1 : experts.used / experts.count,
    expertLayersOnHost: Math.min(expertLayersOnHost, gpuLayers),
    cacheTokens: shape.contextTokens * shape.parallel,
    depthTokens: shape.contextTokens / 2,
    microBatchTokens: shape.microBatchTokens,
    activeParameters: request.architecture.activeParameters,
    machine: request.machine,
  };
  const measured = request.measuredSpeed?.({ level, kvCache: shape.keyCacheType, gpuLayers });
  return {
    decode: known(measured?.decode) ?? calibrated(request, level, 'decode', priorDecodeSpeed(question)),
    prefill: known(measured?.prefill) ?? calibrated(request, level, 'prefill', priorPrefillSpeed(question)),
  };
}

function layersByPlace(request: PlanRequest, { placement }: RunShape): ByPlace {
  const { devices, host } = layerRanges(placement, offloadableLayers(request) - 1);
  return { devices: devices.map(({ from, to }) => to - from), host: host.to - host.from };
}

/** What each device would lose if its experts stayed on the host are its experts; the rest of them are there. */
function expertsByPlace(
  request: PlanRequest,
  level: VariantLevel,
  { expertBytes }: LevelFacts,
  { shape, footprint }: Pick<Placed, 'shape' | 'footprint'>,
): ByPlace {
  const placement = { ...shape.placement, expertLayersOnHost: offloadableLayers(request) };
  const without = request.footprint(level, { ...shape, placement });
  const devices = footprint.devices.map(
    ({ weightsBytes }, index) => weightsBytes - (without.devices[index]?.weightsBytes ?? 0),
  );
  return { devices, host: expertBytes - devices.reduce((sum, bytes) => sum + bytes, 0) };
}

const known = (seen: Prediction | undefined): Prediction | null =>
  seen === undefined || seen.value === null ? null : seen;

function calibrated(
  request: PlanRequest,
  level: VariantLevel,
  kind: 'decode' | 'prefill',
  prior: Prediction,
): Prediction {
  const device = request.budget.devices[0]?.name ?? null;
  const architecture = request.model.architecture;
  return request.calibration?.calibrate(prior, { kind, architecture, device, level }) ?? prior;
}

/**
 * Measured quality, else the level's prior with what the cache adds. Divergences of small changes add up; of perplexity
 * and top tokens with such a cache nothing is published, so the level's own are given, with the cache named.
 */
function qualityOf(request: PlanRequest, level: VariantLevel, cache: CacheTypes): QualityExpectation {
  const measured = request.measuredQuality?.(level, cache) ?? null;
  if (measured !== null) return measured;
  const weights = qualityOfWeights(request, level);
  const keys = priorKvCacheKld(cache.keyCacheType);
  const values = priorKvCacheKld(cache.valueCacheType);
  if (keys === 0 && values === 0) return weights;
  const added = keys === null || values === null ? null : Math.max(keys, values);
  const meanKld = weights.meanKld === null || added === null ? null : weights.meanKld + added;
  const { keyCacheType, valueCacheType } = cache;
  const comparableKld =
    added === null || weights.comparableKld === undefined ? undefined : weights.comparableKld + added;
  return { ...weights, meanKld, comparableKld, cache: { keyCacheType, valueCacheType, addedKld: added } };
}

const UNQUANTIZED_CACHE: CacheTypes = { keyCacheType: 'f16', valueCacheType: 'f16' };

function qualityOfWeights(request: PlanRequest, level: VariantLevel): QualityExpectation {
  if (level === request.publishedLevel) return asPublished(request.publishedLevel);
  const made = isRecipeName(level) ? (request.recipeOf?.(level) ?? null) : null;
  if (made === null) return priorQuality(level, request.model.parameters);
  const { preset } = made;
  return measuredWhenMade(made, preset === null ? null : qualityOf(request, preset.level, UNQUANTIZED_CACHE).meanKld);
}

/** `q8_0`, or `q8_0/q4_0` when keys and values differ. */
export function cacheName({ keyCacheType, valueCacheType }: CacheTypes): string {
  return keyCacheType === valueCacheType ? keyCacheType : `${keyCacheType}/${valueCacheType}`;
}
