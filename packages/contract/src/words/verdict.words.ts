import { FEWEST_ROUNDS_TO_SHOW } from '@plimsoll/application';
import type { ComparedLevel, Comparison, Verdict } from '@plimsoll/application';

/** Says how many timed runs of each level can tell a difference from chance, such as `6 runs of each can`. */
export type EnoughWords = (runs: number) => string;

const ENOUGH: EnoughWords = (runs) => `${runs} runs of each can`;

/** What a comparison comes to, in sentences with the numbers they rest on; the verdict itself first. */
export function verdictSentences(
  comparison: Comparison,
  { recommended, outcome, threshold }: Verdict,
  enough: EnoughWords = ENOUGH,
): readonly string[] {
  const [reference, ...candidates] = comparison.levels;
  if (reference === undefined || outcome === 'one-level') {
    return ['There is only one level, so there is nothing to compare.'];
  }
  const limit = percent(threshold);
  const name = recommended === null ? '' : nameOf(recommended);
  const lead: Readonly<Record<typeof outcome, readonly string[]>> = {
    'smallest-good': [
      `${name} is the smallest level that agrees with ${nameOf(reference)} on at least ${limit} of the most likely tokens.`,
    ],
    'keep-reference': [
      `No level agrees with ${nameOf(reference)} on ${limit} of the most likely tokens; keep ${nameOf(reference)}.`,
    ],
    fastest: [`${name} is the fastest.`],
    undecided: [],
  };
  const unmeasured = outcome === 'fastest' || outcome === 'undecided';
  return [
    ...lead[outcome],
    ...candidates.map((level) => describe(level, reference, enough)),
    ...describeHeat(comparison.levels),
    ...(unmeasured ? ['Quality was not measured, so nothing says whether the smaller levels are good enough.'] : []),
  ];
}

const percent = (share: number): string => `${(share * 100).toFixed(1).replace(/\.0$/, '')} %`;

const nameOf = ({ level, kvCache }: ComparedLevel): string =>
  kvCache === 'f16' ? level : `${level} with a ${kvCache} cache`;

function describe(level: ComparedLevel, reference: ComparedLevel, enough: EnoughWords): string {
  const parts: string[] = [];
  if (level.bytes !== null && reference.bytes !== null && level.bytes !== reference.bytes) {
    parts.push(`takes ${percent(level.bytes / reference.bytes)} of the bytes of ${nameOf(reference)}`);
  }
  const faster = describeSpeed(level, reference, enough);
  if (faster !== null) parts.push(faster);
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

/** The speedup with its interval, and whether that is beyond chance. */
function describeSpeed(
  { speedup, speed, runs }: ComparedLevel,
  reference: ComparedLevel,
  enough: EnoughWords,
): string | null {
  if (speedup == null) {
    const [mine, base] = [speed.decodeTokensPerSecond, reference.speed.decodeTokensPerSecond];
    if (mine === null || base === null) return null;
    const factor = (mine.median / base.median).toFixed(2);
    return `decodes ${factor} times as fast (too few runs to tell that from chance; ${enough(FEWEST_ROUNDS_TO_SHOW)})`;
  }
  const { low, high, confidence } = speedup.interval;
  const said = (doubt: string): string =>
    `${speedup.speedup.toFixed(2)} times as fast (${percent(confidence)} interval ${low.toFixed(2)} to ${high.toFixed(2)}${doubt})`;
  if (speedup.verdict !== 'no difference shown') return `decodes ${said('')}`;
  if (low >= 1 - ABOUT && high <= 1 + ABOUT) return `decodes about as fast, ${said('')}`;
  const rounds = Math.min(runs.succeeded, reference.runs.succeeded);
  if (rounds < FEWEST_ROUNDS_TO_SHOW) {
    return `decodes ${said(`; ${rounds} runs of each cannot tell that from chance, however clear it looks, ${enough(FEWEST_ROUNDS_TO_SHOW)}`)}`;
  }
  return `decodes ${said(`; no difference beyond chance, p = ${speedup.pValue.toPrecision(2)}`)}`;
}

/** An interval this close around 1, as a share, is called about as fast. */
const ABOUT = 0.1;

/** Says of which levels the timings are too low because a device was hot. */
function describeHeat(levels: readonly ComparedLevel[]): readonly string[] {
  const hot = levels.filter(({ speed, depths = [], concurrency = [] }) =>
    [speed, ...depths, ...concurrency].some(({ throttled }) => throttled === true),
  );
  if (hot.length === 0) return [];
  return [`Heat slowed the device down in runs of ${hot.map(nameOf).join(', ')}: cool, they would be faster.`];
}
