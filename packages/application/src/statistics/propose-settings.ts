import {
  KV_CACHE_TYPES,
  cacheOf,
  decodeTokensPerSecond,
  isOfKind,
  median,
  levelRank,
  resolveQuantization,
} from '@plimsoll/domain';
import type { KvCacheType, VariantLevel, Measurement, ModelOverride, QualityResult, Settings } from '@plimsoll/domain';

/** Settings of one model that its measurements speak for. */
export interface SettingsProposal {
  readonly model: string;
  /** What would change; the model's other settings stay. */
  readonly override: ModelOverride;
  /** Why, with the numbers behind it. */
  readonly reasons: readonly ProposalReason[];
}

/** Why a setting is proposed. `threshold` is the agreement that was asked for, 0 to 1. */
export type ProposalReason =
  /** The smallest measured level that reaches the threshold; `current` is what the settings say, null for none. */
  | {
      readonly kind: 'level';
      readonly level: VariantLevel;
      readonly threshold: number;
      readonly evidence: ProposalEvidence;
      readonly current: VariantLevel | null;
    }
  /** A cache with which the level still reaches it; the speed is null when it was not timed often enough. */
  | {
      readonly kind: 'cache';
      readonly level: VariantLevel;
      readonly kvCache: KvCacheType;
      readonly threshold: number;
      readonly evidence: ProposalEvidence;
      readonly decodeTokensPerSecond: number | null;
      readonly current: KvCacheType;
    };

/** The measurement that a proposal rests on. */
export interface ProposalEvidence {
  readonly sameTopToken: number;
  readonly sameTopTokenStandardError: number;
  readonly scoredTokens: number;
  /** Whether it is from another machine. */
  readonly foreign: boolean;
}

/** One level with one cache as it was measured. */
interface MeasuredCell {
  readonly level: VariantLevel;
  readonly kvCache: KvCacheType;
  readonly quality: QualityResult;
  readonly foreign: boolean;
  /** Median decode tokens per second here, or null when it was not timed here often enough. */
  readonly speed: number | null;
}

/** A cache that costs more speed than this, as a share, is not worth its bytes. */
const LARGEST_SLOWDOWN = 0.05;

/**
 * Fewer scored tokens propose nothing. At a rate of 90 %, the usual threshold, the standard error of 1,000 tokens is one
 * percentage point (√(0.9 × 0.1 ÷ 1000)); with less, a lucky text decides.
 */
export const LEAST_SCORED_TOKENS: number = 1000;

/** Fewer timed runs say nothing about the speed of a cache: the median of three withstands one bad run, of two none. */
export const LEAST_TIMED_RUNS: number = 3;

/**
 * What the measurements propose for each model: the smallest level whose agreement with its reference, less one
 * standard error, reaches the threshold, and at that level the smallest KV cache type that reaches it too and is not
 * slower. Nothing is proposed where the settings say so already, nothing that was measured is good enough, or too little was
 * measured: `LEAST_SCORED_TOKENS`, and for a cache `LEAST_TIMED_RUNS`.
 */
export function proposeSettings(
  measurements: readonly Measurement[],
  settings: Settings,
  threshold: number,
): readonly SettingsProposal[] {
  const models = [...new Set(measurements.filter(isOfKind('quality')).map(({ model }) => model))].sort();
  return models.flatMap((model) => {
    const proposal = proposeFor(
      model,
      measurements.filter((record) => record.model === model),
      settings,
      threshold,
    );
    return proposal === null ? [] : [proposal];
  });
}

function proposeFor(
  model: string,
  records: readonly Measurement[],
  settings: Settings,
  threshold: number,
): SettingsProposal | null {
  const good = measuredCells(records).filter(({ quality }) => agreement(quality) >= threshold);
  const [level] = good.map((cell) => cell.level).toSorted((a, b) => levelRank(b) - levelRank(a));
  if (level === undefined) return null;
  const cell = smallestCache(good.filter((each) => each.level === level));
  if (cell === null) return null;

  const now = resolveQuantization(settings, model);
  const override: { -readonly [Key in keyof ModelOverride]: ModelOverride[Key] } = {};
  const reasons: ProposalReason[] = [];
  if (now.level !== level) {
    override.level = level;
    if (!now.enabled) override.enabled = true;
    reasons.push({ kind: 'level', level, threshold, evidence: evidence(cell), current: now.level });
  }
  // A larger cache than the one in use is proposed only where that one was measured, and did not do.
  const judged = measuredCells(records).some((each) => each.level === level && each.kvCache === now.keyCacheType);
  if ((now.keyCacheType !== cell.kvCache || now.valueCacheType !== cell.kvCache) && judged) {
    override.kvCacheType = cell.kvCache;
    reasons.push({
      kind: 'cache',
      level,
      kvCache: cell.kvCache,
      threshold,
      evidence: evidence(cell),
      decodeTokensPerSecond: cell.speed,
      current: now.keyCacheType,
    });
  }
  return reasons.length === 0 ? null : { model, override, reasons };
}

/** The best evidence for every level and cache: own before foreign, then the one over most tokens, then the newest. */
function measuredCells(records: readonly Measurement[]): readonly MeasuredCell[] {
  const best = new Map<string, Omit<MeasuredCell, 'speed'>>();
  for (const record of records.filter(isOfKind('quality')).sort((a, b) => b.atMs - a.atMs)) {
    const { quality, level, foreign } = record;
    if (quality === null || level === null || !record.succeeded) continue;
    if (quality.scoredTokens < LEAST_SCORED_TOKENS) continue;
    const cell = { level, kvCache: cacheOf(record) ?? 'f16', quality, foreign };
    const key = `${level} ${cell.kvCache}`;
    const other = best.get(key);
    if (other === undefined || weight(cell) > weight(other)) best.set(key, cell);
  }
  return [...best.values()].flatMap((cell) => {
    const timed = records
      .filter(isOfKind('speed'))
      .filter((run) => !run.foreign && run.level === cell.level && (cacheOf(run) ?? 'f16') === cell.kvCache);
    if (timed.length > 0 && !timed.some(({ succeeded }) => succeeded)) return [];
    const speeds = timed.flatMap(({ timings }) => {
      const speed = timings === null ? null : decodeTokensPerSecond(timings);
      return speed === null ? [] : [speed];
    });
    return [{ ...cell, speed: speeds.length < LEAST_TIMED_RUNS ? null : median(speeds) }];
  });
}

const weight = ({ foreign, quality }: Omit<MeasuredCell, 'speed'>): number =>
  (foreign ? 0 : 1e12) + quality.scoredTokens;

/** The smallest cache of one level's cells that is known to decode about as fast as the largest one. */
function smallestCache(cells: readonly MeasuredCell[]): MeasuredCell | null {
  const bySize = cells.toSorted((a, b) => KV_CACHE_TYPES.indexOf(a.kvCache) - KV_CACHE_TYPES.indexOf(b.kvCache));
  const [largest] = bySize;
  if (largest === undefined) return null;
  const fast = bySize.findLast(
    ({ speed }) => speed !== null && largest.speed !== null && speed >= largest.speed * (1 - LARGEST_SLOWDOWN),
  );
  return fast ?? largest;
}

const agreement = ({ sameTopToken, sameTopTokenStandardError }: QualityResult): number =>
  sameTopToken - sameTopTokenStandardError;

function evidence({ quality, foreign }: MeasuredCell): ProposalEvidence {
  const { sameTopToken, sameTopTokenStandardError, scoredTokens } = quality;
  return { sameTopToken, sameTopTokenStandardError, scoredTokens, foreign };
}
