import type { ComparedLevel, Comparison } from './comparison.js';

/** What a comparison comes to; front ends choose the words. */
export interface Verdict {
  /** The cell that is recommended, or null when nothing could be decided. */
  readonly recommended: ComparedLevel | null;
  readonly outcome: VerdictOutcome;
  /** Agreement with the reference from which a level counts as good enough, 0 to 1. */
  readonly threshold: number;
}

/**
 * `one-level`: there is nothing to compare. `smallest-good`: the smallest level that agrees often enough.
 * `keep-reference`: none does. Where quality was not measured, `fastest`: one is shown to be the fastest and had no
 * failures; `undecided`: none is.
 */
export type VerdictOutcome = 'one-level' | 'smallest-good' | 'keep-reference' | 'fastest' | 'undecided';

/** Same-top-token rate from which a level counts as good enough, unless the settings say otherwise. */
export const DEFAULT_QUALITY_THRESHOLD: number = 0.9;

/**
 * Recommends the smallest level whose agreement with the reference is above the threshold, standard error counted
 * against it; without quality, the one that is shown to be the fastest and had no failures, if there is one.
 */
export function verdictOn(comparison: Comparison, threshold: number = DEFAULT_QUALITY_THRESHOLD): Verdict {
  const [reference, ...candidates] = comparison.levels;
  if (reference === undefined || candidates.length === 0) return { recommended: null, outcome: 'one-level', threshold };
  const sound = candidates.filter(({ runs }) => runs.failed === 0);
  if (candidates.every(({ quality }) => quality === null)) {
    const [fastest = null] = sound
      .filter(({ speedup }) => speedup?.verdict === 'faster')
      .sort((a, b) => (b.speedup?.speedup ?? 0) - (a.speedup?.speedup ?? 0));
    return { recommended: fastest, outcome: fastest === null ? 'undecided' : 'fastest', threshold };
  }
  const [smallest] = sound
    .filter(({ quality }) => quality !== null && quality.sameTopToken - quality.sameTopTokenStandardError >= threshold)
    .sort((a, b) => (a.bytes ?? Infinity) - (b.bytes ?? Infinity));
  return smallest === undefined
    ? { recommended: reference, outcome: 'keep-reference', threshold }
    : { recommended: smallest, outcome: 'smallest-good', threshold };
}
