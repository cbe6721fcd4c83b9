import type {
  ComparedLevel,
  Comparison,
  ConcurrentSpeed,
  DepthSpeed,
  DeviceSummary,
  Estimate,
  Verdict,
} from '@plimsoll/application';
import { notMeasuredWords } from '../words/not-measured.words.js';
import { verdictSentences } from '../words/verdict.words.js';
import type { EnoughWords } from '../words/verdict.words.js';
import type { CompareDocument } from '../schemas/compare.schema.js';
import type { ComparedLevelDocument } from '../schemas/compared-level.schema.js';
import type {
  ConcurrentSpeedDocument,
  DepthSpeedDocument,
  DecodeSpeedupDocument,
  DevicesDocument,
  IntervalDocument,
} from '../schemas/compared-speed.schema.js';

/** The JSON document of a comparison. `enough` are the front end's words for how many runs would show a difference. */
export function compareDocument(
  comparison: Comparison,
  verdict: Verdict,
  report: string | null,
  enough?: EnoughWords,
): CompareDocument {
  const { id, model, reference, environment, text, levels, notMeasured = [] } = comparison;
  const { backend, engineBuild, device, driver, platform } = environment;
  const { recommended } = verdict;
  return {
    schema: 'plimsoll.compare/1',
    id,
    model,
    reference,
    environment: { backend, engineBuild, device, driver, platform },
    text,
    notMeasured: notMeasured.map(({ what, reason }) => ({ what, reason: notMeasuredWords(reason) })),
    levels: levels.map(comparedLevelDocument),
    verdict: {
      recommended: recommended === null ? null : { level: recommended.level, kvCache: recommended.kvCache },
      sentences: verdictSentences(comparison, verdict, enough),
    },
    report,
  };
}

/** One level of a comparison. */
export function comparedLevelDocument(compared: ComparedLevel): ComparedLevelDocument {
  const { level, kvCache, variant, bytes, residentBytes, runs, speed, paretoOptimal } = compared;
  const { loadMs, firstTokenMs, prefillTokensPerSecond, decodeTokensPerSecond } = speed;
  const { total, succeeded, failed, successRate, meanMs, minMs, maxMs, speedup, failures = [] } = runs;
  return {
    level,
    kvCache,
    variant,
    digest: compared.digest ?? null,
    bytes,
    residentBytes,
    runs: { total, succeeded, failed, successRate, meanMs, minMs, maxMs, speedup, failures },
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
    decodeSpeedup: speedupDocument(compared),
    devices: devicesDocument(speed),
    depths: (compared.depths ?? []).map(depthDocument),
    concurrency: (compared.concurrency ?? []).map(concurrencyDocument),
    quality: qualityDocument(compared),
    tasks: tasksDocument(compared),
    paretoOptimal,
  };
}

const intervalOf = (estimate: Estimate | null): IntervalDocument | null =>
  estimate === null ? null : { low: estimate.low, high: estimate.high };

const devicesDocument = ({ temperatureC, throttled, energyJPerToken }: DeviceSummary): DevicesDocument => ({
  temperatureC,
  throttled,
  energyJPerToken,
});

function speedupDocument({ speedup }: ComparedLevel): DecodeSpeedupDocument | null {
  if (speedup == null) return null;
  const { interval, pValue, verdict } = speedup;
  const { low, high, confidence } = interval;
  return { factor: speedup.speedup, interval: { low, high }, confidence, pValue, verdict };
}

function depthDocument(depth: DepthSpeed): DepthSpeedDocument {
  const { depthTokens, promptTokens, prefillTokensPerSecond, decodeTokensPerSecond, failed } = depth;
  return {
    depthTokens,
    promptTokens,
    prefillTokensPerSecond: prefillTokensPerSecond?.median ?? null,
    decodeTokensPerSecond: decodeTokensPerSecond?.median ?? null,
    intervals: {
      prefillTokensPerSecond: intervalOf(prefillTokensPerSecond),
      decodeTokensPerSecond: intervalOf(decodeTokensPerSecond),
    },
    failed,
    ...devicesDocument(depth),
  };
}

function concurrencyDocument(speed: ConcurrentSpeed): ConcurrentSpeedDocument {
  const { concurrency, totalTokensPerSecond, failed } = speed;
  return {
    concurrency,
    totalTokensPerSecond: totalTokensPerSecond?.median ?? null,
    interval: intervalOf(totalTokensPerSecond),
    failed,
    ...devicesDocument(speed),
  };
}

function tasksDocument({ tasks }: ComparedLevel): ComparedLevelDocument['tasks'] {
  if (tasks == null) return null;
  const { total, passed, failed, errors, failures = [], passRate, meanScore, againstReference } = tasks;
  return { total, passed, failed, errors, failures, passRate, meanScore, againstReference };
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
