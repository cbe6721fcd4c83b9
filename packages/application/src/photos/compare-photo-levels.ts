import { InvalidInputError, isPlimsollError, levelAgreement, seededRandom } from '@plimsoll/domain';
import type { Burst, CallOptions, Level, LevelAgreement, SelectionPresetName } from '@plimsoll/domain';
import { burstsOf } from './bursts-of-evaluations.js';
import { EvaluatePhotos } from './evaluate-photos.js';
import type { PhotoEvaluation } from './photo-evaluation.js';
import type { PhotoModel } from './photo-model.js';
import type { PhotoReader } from '@plimsoll/domain';

/** Which levels judge which photos. */
export interface ComparePhotosRequest {
  readonly paths: readonly string[];
  readonly model: string;
  /** The first is the reference. */
  readonly levels: readonly Level[];
  /** Times that every level judges every photo; the reference once more, for its own noise. 1 when absent. */
  readonly iterations?: number | undefined;
  readonly preset?: SelectionPresetName | undefined;
  readonly sendPicture?: boolean | undefined;
}

/** How a comparison reports where it is. */
export interface ComparePhotosOptions extends CallOptions {
  readonly onProgress?: ((level: Level, done: number, total: number) => void) | undefined;
}

/** How one level did. Times are milliseconds of the model's answers; null is unknown. */
export interface ComparedPhotoLevel {
  readonly level: Level;
  /** Why the level could not be compared; null when it was. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly variant: string | null;
  readonly avgMs: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
  /** Valid answers among those asked for, 0 to 1. */
  readonly successRate: number | null;
  /** Answers that were not what was asked for, retries included. */
  readonly invalidAnswers: number;
  /** Mean time of the reference over this one's. */
  readonly speedup: number | null;
  readonly residentBytes: number | null;
  /** Null for the reference, whose own repetition is `repeatNoise`. */
  readonly agreement: LevelAgreement | null;
  /** Of the last round, in the order of the paths; null where a photo could not be read. */
  readonly evaluations: readonly (PhotoEvaluation | null)[];
}

/** Levels side by side on the same photos. */
export interface PhotoLevelComparison {
  readonly model: string;
  readonly reference: Level;
  readonly levels: readonly ComparedPhotoLevel[];
  /** How far the reference agrees with itself when it is asked again; null when it could not be asked. */
  readonly repeatNoise: LevelAgreement | null;
  readonly bursts: readonly Burst[];
  /** Photos that could not be read. */
  readonly unreadable: readonly { readonly path: string; readonly message: string }[];
}

type Round = readonly (PhotoEvaluation | null)[];

/** Judges the same photos at several levels; level by level, so that each is loaded once. */
export class ComparePhotoLevels {
  readonly #reader: PhotoReader;
  readonly #model: PhotoModel;

  constructor(reader: PhotoReader, model: PhotoModel) {
    this.#reader = reader;
    this.#model = model;
  }

  /** A level that cannot be had is reported and the others go on. @throws InvalidInputError without photos or levels */
  async compare(request: ComparePhotosRequest, options: ComparePhotosOptions = {}): Promise<PhotoLevelComparison> {
    const { paths, model, levels, iterations = 1 } = request;
    const [reference] = levels;
    if (paths.length === 0) throw new InvalidInputError('There are no photos to compare on.');
    if (reference === undefined) throw new InvalidInputError('There are no levels to compare.');
    const unreadable = new Map<string, string>();
    const judged: {
      readonly level: Level;
      readonly rounds: readonly Round[];
      readonly error: Failure | null;
      readonly bytes: number | null;
    }[] = [];
    for (const level of levels) {
      const rounds: Round[] = [];
      let error: Failure | null = null;
      let bytes: number | null = null;
      // The reference is asked once more than the others: what it says twice is its own noise.
      const times = iterations + (level === reference ? 1 : 0);
      try {
        for (let round = 0; round < times; round += 1) {
          rounds.push(await this.#round(request, level, unreadable, options));
        }
        const variant = rounds.at(-1)?.find((one) => one?.llmEvaluation != null)?.llmEvaluation?.variant;
        bytes = variant === undefined ? null : await this.#model.residentBytes(variant, options);
      } catch (failure) {
        if (!isPlimsollError(failure) || failure.code === 'cancelled') throw failure;
        error = { code: failure.code, message: failure.message };
      }
      judged.push({ level, rounds, error, bytes });
    }
    const referenceRounds = judged[0]?.rounds ?? [];
    const referenceRound = referenceRounds.at(-1) ?? [];
    const bursts = burstsOf(referenceRound.filter((one) => one !== null));
    const agreement = (first: Round, second: Round): LevelAgreement =>
      levelAgreement(
        pairs(paths, first, second),
        bursts.map(({ ids }) => ids),
        seededRandom(1),
      );
    const referenceMs = meanOf(answerTimes(referenceRounds));
    return {
      model,
      reference,
      levels: judged.map(({ level, rounds, error, bytes }) => ({
        level,
        error,
        residentBytes: bytes,
        ...performanceOf(rounds, referenceMs),
        agreement: level === reference || error !== null ? null : agreement(referenceRound, rounds.at(-1) ?? []),
        evaluations: rounds.at(-1) ?? [],
      })),
      repeatNoise: referenceRounds.length < 2 ? null : agreement(referenceRounds.at(-2) ?? [], referenceRound),
      bursts,
      unreadable: [...unreadable].map(([path, message]) => ({ path, message })),
    };
  }

  async #round(
    { paths, model, preset, sendPicture }: ComparePhotosRequest,
    level: Level,
    unreadable: Map<string, string>,
    { signal, onProgress }: ComparePhotosOptions,
  ): Promise<Round> {
    const evaluate = new EvaluatePhotos(this.#reader, this.#model);
    const round: (PhotoEvaluation | null)[] = [];
    // One at a time: what is timed must not share the machine with itself.
    const options = { signal, model, level, preset, sendPicture, askAboutRejects: true, parallel: 1 };
    for await (const outcome of evaluate.evaluateAll(paths, options)) {
      if (outcome.error !== null) unreadable.set(outcome.path, outcome.error.message);
      round.push(outcome.evaluation);
      onProgress?.(level, round.length, paths.length);
    }
    return round;
  }
}

interface Failure {
  readonly code: string;
  readonly message: string;
}

function pairs(paths: readonly string[], first: Round, second: Round): Parameters<typeof levelAgreement>[0] {
  const verdict = (evaluation: PhotoEvaluation | null | undefined) =>
    evaluation?.llmEvaluation == null
      ? null
      : { score: evaluation.overallScore, recommendation: evaluation.recommendation };
  return paths.flatMap((id, index) =>
    // A photo that cannot be read is nobody's invalid answer.
    first[index] === null ? [] : [{ id, reference: verdict(first[index]), candidate: verdict(second[index]) }],
  );
}

function answerTimes(rounds: readonly Round[]): readonly number[] {
  return rounds.flat().flatMap((one) => one?.llmEvaluation?.totalMs ?? []);
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function performanceOf(
  rounds: readonly Round[],
  referenceMs: number | null,
): Pick<ComparedPhotoLevel, 'variant' | 'avgMs' | 'minMs' | 'maxMs' | 'successRate' | 'invalidAnswers' | 'speedup'> {
  const asked = rounds.flat().filter((one) => one !== null);
  const answered = asked.flatMap(({ llmEvaluation }) => llmEvaluation ?? []);
  const times = answered.map(({ totalMs }) => totalMs);
  const avgMs = meanOf(times);
  const invalid = asked.map(({ llmEvaluation, llmFailure }) => (llmEvaluation ?? llmFailure)?.invalidAnswers ?? 0);
  return {
    variant: answered[0]?.variant ?? null,
    avgMs,
    minMs: times.length === 0 ? null : Math.min(...times),
    maxMs: times.length === 0 ? null : Math.max(...times),
    successRate: asked.length === 0 ? null : answered.length / asked.length,
    invalidAnswers: invalid.reduce((sum, count) => sum + count, 0),
    speedup: avgMs === null || avgMs === 0 || referenceMs === null ? null : referenceMs / avgMs,
  };
}
