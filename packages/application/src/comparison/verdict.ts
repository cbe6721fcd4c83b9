import type { ComparedLevel, Comparison } from './comparison.js';

/** What a comparison comes to, in words. */
export interface Verdict {
  /** The cell that is recommended, or null when nothing could be decided. */
  readonly recommended: ComparedLevel | null;
  /** Sentences with the numbers they rest on. */
  readonly sentences: readonly string[];
}

/** Same-top-token rate from which a level counts as good enough, unless the settings say otherwise. */
export const DEFAULT_QUALITY_THRESHOLD: number = 0.9;

/**
 * Recommends the smallest level whose agreement with the reference is above the threshold, standard error counted
 * against it; without quality, the fastest that had no failures.
 */
export function verdictOn(comparison: Comparison, threshold: number = DEFAULT_QUALITY_THRESHOLD): Verdict {
  const [reference, ...candidates] = comparison.levels;
  if (reference === undefined || candidates.length === 0) {
    return { recommended: null, sentences: ['There is only one level, so there is nothing to compare.'] };
  }
  const sentences = candidates.map((level) => describe(level, reference));
  const judged = candidates.filter(({ quality }) => quality !== null);
  if (judged.length === 0) {
    const fastest = candidates
      .filter(({ runs }) => runs.failed === 0 && runs.speedup !== null)
      .sort((a, b) => (b.runs.speedup ?? 0) - (a.runs.speedup ?? 0))[0];
    sentences.push('Quality was not measured, so nothing says whether the smaller levels are good enough.');
    return { recommended: fastest ?? null, sentences };
  }
  const good = judged
    .filter(({ quality, runs }) => runs.failed === 0 && agreementAtLeast(quality) >= threshold)
    .sort((a, b) => (a.bytes ?? Infinity) - (b.bytes ?? Infinity));
  const limit = percent(threshold);
  const [recommended] = good;
  if (recommended === undefined) {
    sentences.unshift(
      `No level agrees with ${nameOf(reference)} on ${limit} of the most likely tokens; keep ${nameOf(reference)}.`,
    );
    return { recommended: reference, sentences };
  }
  sentences.unshift(
    `${nameOf(recommended)} is the smallest level that agrees with ${nameOf(reference)} on at least ${limit} of the most likely tokens.`,
  );
  return { recommended, sentences };
}

const agreementAtLeast = (quality: ComparedLevel['quality']): number =>
  quality === null ? 0 : quality.sameTopToken - quality.sameTopTokenStandardError;

const percent = (share: number): string => `${(share * 100).toFixed(1).replace(/\.0$/, '')} %`;

const nameOf = ({ level, kvCache }: ComparedLevel): string =>
  kvCache === 'f16' ? level : `${level} with a ${kvCache} cache`;

function describe(level: ComparedLevel, reference: ComparedLevel): string {
  const parts: string[] = [];
  if (level.bytes !== null && reference.bytes !== null && level.bytes !== reference.bytes) {
    parts.push(`takes ${percent(level.bytes / reference.bytes)} of the bytes of ${nameOf(reference)}`);
  }
  const speed = level.speed.decodeTokensPerSecond;
  const base = reference.speed.decodeTokensPerSecond;
  if (speed !== null && base !== null) {
    // Intervals that overlap are no difference that was shown.
    const clear = speed.low > base.high || speed.high < base.low;
    const factor = (speed.median / base.median).toFixed(2);
    parts.push(clear ? `decodes ${factor} times as fast` : 'decodes about as fast (no difference beyond the noise)');
  }
  if (level.quality !== null) {
    const { sameTopToken, sameTopTokenStandardError, meanKld } = level.quality;
    const bound = level.quality.coverage.kind === 'top-k' ? ' at least' : '';
    parts.push(
      `agrees on ${percent(sameTopToken)} ± ${(sameTopTokenStandardError * 100).toFixed(1)} of the most likely tokens (mean KL divergence${bound} ${meanKld.toPrecision(3)})`,
    );
  }
  const [mine, theirs] = [level.tasks ?? null, reference.tasks ?? null];
  if (mine !== null && theirs !== null && mine.passRate !== null) {
    const pValue = mine.againstReference?.pValue ?? 1;
    const verdict = pValue < 0.05 ? 'a difference beyond chance' : 'no difference beyond chance';
    parts.push(
      `solves ${mine.passed} of ${mine.passed + mine.failed} tasks where ${nameOf(reference)} solves ${theirs.passed} (${verdict})`,
    );
  }
  if (level.runs.failed > 0) parts.push(`failed in ${level.runs.failed} of ${level.runs.total} runs`);
  return parts.length === 0 ? `${nameOf(level)}: nothing was measured.` : `${nameOf(level)} ${parts.join(', ')}.`;
}
