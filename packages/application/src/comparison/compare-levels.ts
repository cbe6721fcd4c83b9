import { CancelledError, isOfKind, isPlimsollError } from '@plimsoll/domain';
import type {
  CallOptions,
  Measurement,
  ProfileMeasurement,
  QualityMeasurement,
  QualityResult,
  SpeedMeasurement,
} from '@plimsoll/domain';
import type { CompareDependencies, ReadyCell } from './compare-dependencies.js';
import type { CompareOptions, CompareRequest } from './compare-request.js';
import type { Comparison, ComparisonCell } from './comparison.js';
import { isAbout } from './is-about.js';
import { measureQuality } from './measure-quality.js';
import { PacedProgress } from './paced-progress.js';
import { prepareComparison } from './prepare-comparison.js';
import { profileCell } from './profile-cell.js';
import { NO_PREDICTION, predictCells } from './predict-cells.js';
import type { CellPrediction } from './predict-cells.js';
import { summarizeCells } from './summarize-comparison.js';
import { MOST_TASK_RECORDS, runTasks, settledTasks, tasksOfCells } from './run-tasks.js';
import { scoringGroups } from './scoring-groups.js';
import { speedConditions } from './speed-conditions.js';
import { taskDisagreements } from './task-disagreements.js';
import { timeCell } from './time-cell.js';

/** Records of one comparison that are counted after an interruption. */
const MOST_COUNTED = 100_000;

/**
 * Levels of one model side by side: speed, memory, quality. Every run is kept as soon as it is done, so that an
 * interrupted comparison goes on where it stopped.
 */
export class CompareLevels {
  readonly #with: CompareDependencies;

  constructor(dependencies: CompareDependencies) {
    this.#with = dependencies;
  }

  /**
   * Compares. All that can be wrong with the request is found before any long work starts.
   * @throws InvalidInputError, VariantNotFoundError, UnsupportedModelError, CapabilityMissingError, CancelledError
   */
  async compare(request: CompareRequest, options: CompareOptions = {}): Promise<Comparison> {
    const running: { id: string | null } = { id: null };
    try {
      return await this.#compare(request, options, (id) => (running.id = id));
    } catch (error) {
      if (running.id === null || !isPlimsollError(error) || error.code !== 'cancelled') throw error;
      throw await this.#cancelled(running.id, error);
    }
  }

  async #compare(
    request: CompareRequest,
    options: CompareOptions,
    onStarted: (id: string) => void,
  ): Promise<Comparison> {
    const conditions = speedConditions(request);
    const { cells, text: content, prepared: text, notMeasured } = await prepareComparison(this.#with, request, options);
    const environment = await this.#with.recorder.environment(options);
    const candidates = text === null ? [] : cells.slice(1);
    const tasks = request.tasks ?? [];
    const steps = cells.length * (request.iterations * (1 + conditions.length) + tasks.length) + candidates.length;
    const { id, kept } = await this.#resume({ ...request, text: content }, cells, steps, environment.engineBuild);

    onStarted(id);
    if (kept.length > 0) options.onResumed?.(kept.length, steps);
    const progress = new PacedProgress(steps, this.#with.clock, options.onProgress);
    const predictions = await predictCells(this.#with.planner, request.model, cells, options);
    const runs = await this.#timeAll(request, id, cells, predictions, kept, progress, options);
    const qualities = kept.filter(isOfKind('quality'));
    if (text !== null) {
      const missing = candidates.filter((cell) => qualityOf(qualities, cell) === null);
      progress.advance(candidates.length - missing.length);
      const { availableBytes } = await this.#with.host.read();
      for (const group of scoringGroups(text.reference, missing, availableBytes)) {
        const levels = [...new Set(group.map(({ level }) => level))].join(', ');
        const tell = (fraction: number): void => progress.tell('quality', levels, fraction * group.length);
        tell(0);
        qualities.push(...(await measureQuality(this.#with, request, id, text, group, tell, options)));
        progress.advance(group.length);
      }
    }
    const outcomes = await runTasks(
      this.#with,
      request,
      id,
      cells,
      predictions,
      kept.filter(isOfKind('task')),
      progress,
      options,
    );
    const summaries = tasksOfCells(cells, tasks, outcomes);

    return {
      id,
      model: request.model,
      reference: { level: request.reference, kvCache: cells[0]?.kvCache ?? 'f16' },
      environment,
      text: text === null ? null : { tokens: text.tokens.length, window: request.windowTokens },
      levels: summarizeCells(
        cells.map((cell, index) => ({
          cell: { level: cell.level, kvCache: cell.kvCache, variant: cell.variant },
          bytes: cell.ready.sizeBytes,
          runs: runs.filter(isOfKind('speed')).filter((run) => isAbout(run, cell)),
          profiles: runs.filter(isOfKind('profile')).filter((run) => isAbout(run, cell)),
          quality: index === 0 ? qualityOfReference(qualities) : qualityOf(qualities, cell),
        })),
      ).map((level, index) => ({
        ...level,
        tasks: summaries[index] ?? null,
        digest: cells[index]?.ready.digest ?? null,
      })),
      disagreements: taskDisagreements(cells, tasks, outcomes),
      notMeasured,
    };
  }

  /** Says what an interruption left. What cannot be counted is not promised. */
  async #cancelled(id: string, cause: Error): Promise<Error> {
    const kept = await this.#with.store.query({ comparisonId: id, limit: MOST_COUNTED }).catch(() => []);
    if (kept.length === 0) return cause;
    const what = kept.length === 1 ? '1 measurement is kept' : `${kept.length} measurements are kept`;
    return new CancelledError(`The comparison was interrupted; ${what}.`, {
      hint: 'The same command goes on from there.',
      cause,
    });
  }

  /** The comparison to go on with: the first run of these settings that is not complete. */
  async #resume(
    request: CompareRequest,
    cells: readonly ReadyCell[],
    steps: number,
    engineBuild: string | null,
  ): Promise<{ readonly id: string; readonly kept: readonly Measurement[] }> {
    const { iterations, prompt, maxTokens, text, windowTokens } = request;
    const variants = cells.map(({ variant, kvCache, ready }) => [variant, kvCache, ready.digest, ready.sizeBytes]);
    const settings = [iterations, prompt, maxTokens, text, windowTokens, variants, this.#with.runtime.id, engineBuild];
    const conditions = speedConditions(request);
    const graded = request.tasks === undefined ? [] : [request.tasks, this.#with.grader?.name ?? null];
    const base = this.#with.digest(JSON.stringify([...settings, ...conditions, ...graded]));
    for (let number = 1; ; number += 1) {
      const id = `${base}-${number}`;
      const kept = await this.#with.store.query({ comparisonId: id, limit: steps * MOST_TASK_RECORDS });
      const runs = kept.filter(({ kind }) => kind !== 'task').length;
      if (runs + settledTasks(kept.filter(isOfKind('task'))) < steps) return { id, kept };
    }
  }

  /** Rounds over all cells, so that a drift of the machine meets every level alike. */
  async #timeAll(
    request: CompareRequest,
    id: string,
    cells: readonly ReadyCell[],
    predictions: ReadonlyMap<ReadyCell, CellPrediction>,
    kept: readonly Measurement[],
    progress: PacedProgress,
    options: CallOptions,
  ): Promise<readonly (SpeedMeasurement | ProfileMeasurement)[]> {
    const runs = kept.filter(isOfKind('speed', 'profile'));
    const keptOf = new Map(cells.map((cell) => [cell, runs.filter((run) => isAbout(run, cell))]));
    const conditions = speedConditions(request).length;
    for (let round = 0; round < request.iterations; round += 1) {
      // Every other round runs backwards, so that no cell gains from its place in the order.
      for (const cell of round % 2 === 0 ? cells : [...cells].reverse()) {
        const before = keptOf.get(cell) ?? [];
        const prediction = predictions.get(cell) ?? NO_PREDICTION;
        progress.tell('speed', cell.level);
        if (before.filter(({ kind }) => kind === 'speed').length <= round) {
          runs.push(await timeCell(this.#with, request, id, cell, prediction, round, options));
        }
        progress.advance();
        const profile = { comparisonId: id, cell, prediction, round, kept: before.filter(isOfKind('profile')) };
        runs.push(...(await profileCell(this.#with, request, profile, options)));
        progress.advance(conditions);
      }
    }
    return runs;
  }
}

const qualityOf = (records: readonly QualityMeasurement[], cell: ComparisonCell): QualityResult | null =>
  records.find((record) => isAbout(record, cell))?.quality ?? null;

/** The reference against itself: its own perplexity as measured, and by definition no divergence. */
function qualityOfReference(records: readonly QualityMeasurement[]): QualityResult | null {
  const measured = records.find((record) => record.quality !== null)?.quality;
  if (!measured) return null;
  return {
    scoredTokens: measured.scoredTokens,
    perplexity: measured.referencePerplexity,
    perplexityStandardError: measured.referencePerplexityStandardError,
    referencePerplexity: measured.referencePerplexity,
    referencePerplexityStandardError: measured.referencePerplexityStandardError,
    perplexityRatio: 1,
    perplexityRatioStandardError: 0,
    meanKld: 0,
    meanKldStandardError: 0,
    kldQuantiles: Object.fromEntries(Object.keys(measured.kldQuantiles).map((q) => [q, 0])),
    sameTopToken: 1,
    sameTopTokenStandardError: 0,
    rmsDeltaP: 0,
    rmsDeltaPStandardError: 0,
    coverage: measured.coverage,
  };
}
