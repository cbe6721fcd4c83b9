import type { ComparedLevel, Comparison, Estimate, Verdict } from '@plimsoll/application';
import type { CompareDocument, ComparedLevelDocument, IntervalDocument } from '../../schemas/compare.schema.js';

/** The JSON document of a comparison. */
export function compareDocument(comparison: Comparison, verdict: Verdict, report: string | null): CompareDocument {
  const { id, model, reference, environment, text, levels } = comparison;
  const { backend, engineBuild, device, driver, platform } = environment;
  const { recommended, sentences } = verdict;
  return {
    schema: 'plimsoll.compare/1',
    id,
    model,
    reference,
    environment: { backend, engineBuild, device, driver, platform },
    text,
    levels: levels.map(comparedLevelDocument),
    verdict: {
      recommended: recommended === null ? null : { level: recommended.level, kvCache: recommended.kvCache },
      sentences,
    },
    report,
  };
}

/** One level of a comparison. */
export function comparedLevelDocument(compared: ComparedLevel): ComparedLevelDocument {
  const { level, kvCache, variant, bytes, residentBytes, runs, speed, paretoOptimal } = compared;
  const { loadMs, firstTokenMs, prefillTokensPerSecond, decodeTokensPerSecond } = speed;
  const { total, succeeded, failed, successRate, meanMs, minMs, maxMs, speedup } = runs;
  return {
    level,
    kvCache,
    variant,
    bytes,
    residentBytes,
    runs: { total, succeeded, failed, successRate, meanMs, minMs, maxMs, speedup },
    speed: {
      loadMs: loadMs?.median ?? null,
      firstTokenMs: firstTokenMs?.median ?? null,
      prefillTokensPerSecond: prefillTokensPerSecond?.median ?? null,
      decodeTokensPerSecond: decodeTokensPerSecond?.median ?? null,
    },
    speedIntervals: {
      loadMs: intervalOf(loadMs),
      firstTokenMs: intervalOf(firstTokenMs),
      prefillTokensPerSecond: intervalOf(prefillTokensPerSecond),
      decodeTokensPerSecond: intervalOf(decodeTokensPerSecond),
    },
    quality: qualityDocument(compared),
    tasks: tasksDocument(compared),
    paretoOptimal,
  };
}

const intervalOf = (estimate: Estimate | null): IntervalDocument | null =>
  estimate === null ? null : { low: estimate.low, high: estimate.high };

function tasksDocument({ tasks }: ComparedLevel): ComparedLevelDocument['tasks'] {
  if (tasks == null) return null;
  const { total, passed, failed, errors, passRate, meanScore, againstReference } = tasks;
  return { total, passed, failed, errors, passRate, meanScore, againstReference };
}

function qualityDocument({ quality }: ComparedLevel): ComparedLevelDocument['quality'] {
  if (quality === null) return null;
  return {
    scoredTokens: quality.scoredTokens,
    perplexity: quality.perplexity,
    perplexityStandardError: quality.perplexityStandardError,
    perplexityRatio: quality.perplexityRatio,
    perplexityRatioStandardError: quality.perplexityRatioStandardError,
    meanKld: quality.meanKld,
    meanKldStandardError: quality.meanKldStandardError,
    kldQuantiles: quality.kldQuantiles,
    sameTopToken: quality.sameTopToken,
    sameTopTokenStandardError: quality.sameTopTokenStandardError,
    rmsDeltaP: quality.rmsDeltaP,
    rmsDeltaPStandardError: quality.rmsDeltaPStandardError,
    coverage: quality.coverage,
  };
}
