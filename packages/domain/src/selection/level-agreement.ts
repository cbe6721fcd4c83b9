import { bootstrapInterval } from '../metrics/bootstrap.js';
import type { Interval } from '../metrics/bootstrap.js';
import { cohensKappa } from '../metrics/cohens-kappa.js';
import { rankAgreement } from '../metrics/rank-agreement.js';
import type { RandomSource } from '../metrics/seeded-random.js';
import type { PhotoRecommendation } from './judgement.js';

/** What a level said about a photo. */
export interface LevelVerdict {
  readonly score: number;
  readonly recommendation: PhotoRecommendation;
}

/** One photo as two levels judged it. Null: no valid answer. */
export interface JudgedPair {
  readonly id: string;
  readonly reference: LevelVerdict | null;
  readonly candidate: LevelVerdict | null;
}

/** A figure with the range that holds it at 95 % confidence; null where it is not defined. */
export interface AgreementFigure {
  readonly value: number | null;
  readonly interval: Interval | null;
}

/** How far two levels judge alike. */
export interface LevelAgreement {
  /** Photos that both judged. */
  readonly photos: number;
  /** Share of the photos for which the candidate gave no valid answer; null without photos. */
  readonly invalidShare: number | null;
  readonly spearman: AgreementFigure;
  readonly kendallTauB: AgreementFigure;
  /** Points of the score. */
  readonly meanAbsoluteError: AgreementFigure;
  /** Share with the same recommendation. */
  readonly sameRecommendation: AgreementFigure;
  /** Cohen's κ of keep (approve, review) against reject. */
  readonly keepKappa: AgreementFigure;
  /** Photos whose recommendation changed. */
  readonly flips: readonly {
    readonly id: string;
    readonly from: PhotoRecommendation;
    readonly to: PhotoRecommendation;
  }[];
  /** Share of bursts with the same best photo; null without bursts. */
  readonly sameBestOfBurst: number | null;
}

type Both = { readonly id: string; readonly reference: LevelVerdict; readonly candidate: LevelVerdict };

/** Compares a candidate with the reference on the photos that both judged; intervals by resampling photos. */
export function levelAgreement(
  pairs: readonly JudgedPair[],
  bursts: readonly (readonly string[])[],
  random: RandomSource,
): LevelAgreement {
  const both = pairs.filter((pair): pair is Both => pair.reference !== null && pair.candidate !== null);
  const figure = (statistic: (sample: readonly Both[]) => number | null): AgreementFigure => ({
    value: statistic(both),
    interval: both.length < FEWEST ? null : intervalOf(both, statistic, random),
  });
  return {
    photos: both.length,
    invalidShare: share(pairs, ({ candidate }) => candidate === null),
    spearman: figure((sample) => rankAgreement(...scoresOf(sample)).spearman),
    kendallTauB: figure((sample) => rankAgreement(...scoresOf(sample)).kendallTauB),
    meanAbsoluteError: figure(meanAbsoluteError),
    sameRecommendation: figure((sample) => share(sample, isSame)),
    keepKappa: figure((sample) =>
      cohensKappa(
        sample.map(({ reference }) => reference.recommendation !== 'reject'),
        sample.map(({ candidate }) => candidate.recommendation !== 'reject'),
      ),
    ),
    flips: both
      .filter((pair) => !isSame(pair))
      .map(({ id, reference, candidate }) => ({ id, from: reference.recommendation, to: candidate.recommendation })),
    sameBestOfBurst: sameBest(both, bursts),
  };
}

/** Fewer photos make an interval that means nothing. */
const FEWEST = 5;

function intervalOf(
  both: readonly Both[],
  statistic: (sample: readonly Both[]) => number | null,
  random: RandomSource,
): Interval | null {
  const indices = both.map((_, index) => index);
  return bootstrapInterval([indices], ([drawn = []]) => statistic(drawn.flatMap((index) => both[index] ?? [])), {
    random,
  });
}

function scoresOf(sample: readonly Both[]): [readonly number[], readonly number[]] {
  return [sample.map(({ reference }) => reference.score), sample.map(({ candidate }) => candidate.score)];
}

function meanAbsoluteError(sample: readonly Both[]): number | null {
  const sum = sample.reduce(
    (total, { reference, candidate }) => total + Math.abs(reference.score - candidate.score),
    0,
  );
  return sample.length === 0 ? null : sum / sample.length;
}

function isSame({ reference, candidate }: Both): boolean {
  return reference.recommendation === candidate.recommendation;
}

function share<Item>(items: readonly Item[], holds: (item: Item) => boolean): number | null {
  return items.length === 0 ? null : items.filter(holds).length / items.length;
}

function sameBest(both: readonly Both[], bursts: readonly (readonly string[])[]): number | null {
  const byId = new Map(both.map((pair) => [pair.id, pair]));
  const judged = bursts.map((ids) => ids.flatMap((id) => byId.get(id) ?? [])).filter((members) => members.length > 1);
  return share(judged, (members) => {
    const best = (by: 'reference' | 'candidate'): string | undefined =>
      members.reduce((top, pair) => (pair[by].score > top[by].score ? pair : top)).id;
    return best('reference') === best('candidate');
  });
}
