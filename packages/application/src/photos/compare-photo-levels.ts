import { InvalidInputError, isPlimsollError, levelAgreement, seededRandom } from '@plimsoll/domain';
import type { Burst, CallOptions, VariantLevel, LevelAgreement, SelectionPresetName } from '@plimsoll/domain';
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
  readonly levels: readonly VariantLevel[];
  /** Times that every level judges every photo; the reference once more, for its own noise. 1 when absent. */
  readonly iterations?: number | undefined;
  readonly preset?: SelectionPresetName | undefined;
  readonly sendPicture?: boolean | undefined;
}

/** How a comparison reports where it is. */
export interface ComparePhotosOptions extends CallOptions {
  readonly onProgress?: ((level: VariantLevel, done: number, total: number) => void) | undefined;
}

/** How one level did. Times are milliseconds of the model's answers; null is unknown. */
export interface ComparedPhotoLevel {
  readonly level: VariantLevel;
  /** Why the level could not be compared; null when it was. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly variant: string | null;
  /** Name of the machine that measured it; null is this one. */
  readonly machine: string | null;
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
  readonly reference: VariantLevel;
  readonly levels: readonly ComparedPhotoLevel[];
  /** How far the reference agrees with itself when it is asked again; null when it could not be asked. */
  readonly repeatNoise: LevelAgreement | null;
  readonly bursts: readonly Burst[];
  /** Photos that could not be read. */
  readonly unreadable: readonly { readonly path: string; readonly message: string }[];
}

type Round = readonly (PhotoEvaluation | null)[];

/** What one level said, round by round. Plain data, so that another machine may have measured it. */
export interface JudgedLevel {
  readonly level: VariantLevel;
  readonly rounds: readonly Round[];
  readonly error: Failure | null;
  readonly bytes: number | null;
  readonly unreadable: readonly { readonly path: string; readonly message: string }[];
  /** Name of the machine that measured it; null is this one. */
  readonly machine: string | null;
}

/** Times that a level judges every photo; the reference once more: what it says twice is its own noise. */
export function timesOf({ levels, iterations = 1 }: ComparePhotosRequest, level: VariantLevel): number {
  return iterations + (level === levels[0] ? 1 : 0);
}

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
    checkRequest(request);
    const judged: JudgedLevel[] = [];
    for (const level of request.levels) judged.push(await this.judgeLevel(request, level, options));
    return summarizeLevels(request, judged);
  }

  /** One level's part of a comparison. @throws CancelledError */
  async judgeLevel(
    request: ComparePhotosRequest,
    level: VariantLevel,
    options: ComparePhotosOptions = {},
  ): Promise<JudgedLevel> {
    const unreadable = new Map<string, string>();
    const rounds: Round[] = [];
    let error: Failure | null = null;
    let bytes: number | null = null;
    try {
      for (let round = 0; round < timesOf(request, level); round += 1) {
        rounds.push(await this.#round(request, level, unreadable, options));
      }
      const variant = rounds.at(-1)?.find((one) => one?.llmEvaluation != null)?.llmEvaluation?.variant;
      bytes = variant === undefined ? null : await this.#model.residentBytes(variant, options);
    } catch (failure) {
      if (!isPlimsollError(failure) || failure.code === 'cancelled') throw failure;
      error = { code: failure.code, message: failure.message };
    }
    const listed = [...unreadable].map(([path, message]) => ({ path, message }));
    return { level, rounds, error, bytes, unreadable: listed, machine: null };
  }

  async #round(
    { paths, model, preset, sendPicture }: ComparePhotosRequest,
    level: VariantLevel,
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

/** @throws InvalidInputError without photos or levels */
export function checkRequest({ paths, levels }: ComparePhotosRequest): void {
  if (paths.length === 0) throw new InvalidInputError('There are no photos to compare on.');
  if (levels.length === 0) throw new InvalidInputError('There are no levels to compare.');
}

/** The report of what each level said; the first is the reference. Levels may come from several machines. */
export function summarizeLevels(
  { paths, model }: ComparePhotosRequest,
  judged: readonly JudgedLevel[],
): PhotoLevelComparison {
  const [first] = judged;
  if (first === undefined) throw new InvalidInputError('There are no levels to compare.');
  const referenceRound = first.rounds.at(-1) ?? [];
  const bursts = burstsOf(referenceRound.filter((one) => one !== null));
  const agreement = (one: Round, other: Round): LevelAgreement =>
    levelAgreement(
      pairs(paths, one, other),
      bursts.map(({ ids }) => ids),
      seededRandom(1),
    );
  const referenceMs = meanOf(answerTimes(first.rounds));
  const unreadable = new Map(
    judged.flatMap((one) => one.unreadable.map(({ path, message }) => [path, message] as const)),
  );
  return {
    model,
    reference: first.level,
    levels: judged.map(({ level, rounds, error, bytes, machine }, index) => ({
      level,
      error,
      machine,
      residentBytes: bytes,
      // Times of two machines say nothing of two levels.
      ...performanceOf(rounds, machine === first.machine ? referenceMs : null),
      agreement: index === 0 || error !== null ? null : agreement(referenceRound, rounds.at(-1) ?? []),
      evaluations: rounds.at(-1) ?? [],
    })),
    repeatNoise: first.rounds.length < 2 ? null : agreement(first.rounds.at(-2) ?? [], referenceRound),
    bursts,
    unreadable: [...unreadable].map(([path, message]) => ({ path, message })),
  };
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
