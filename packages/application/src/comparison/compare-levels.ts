import { InvalidInputError } from '@plimsoll/domain';
import type { CallOptions, KvCacheType, Measurement, QualityResult } from '@plimsoll/domain';
import type { ReadyVariant } from '../variants/ensure-variant.js';
import type { CompareDependencies, ReadyCell } from './compare-dependencies.js';
import type { CompareProgress, CompareRequest } from './compare-request.js';
import type { Comparison, ComparisonCell } from './comparison.js';
import { isAbout } from './is-about.js';
import { measureQuality, prepareText } from './measure-quality.js';
import { PacedProgress } from './paced-progress.js';
import { profileCell } from './profile-cell.js';
import { NO_PREDICTION, predictCells } from './predict-cells.js';
import type { CellPrediction } from './predict-cells.js';
import { summarizeCells } from './summarize-comparison.js';
import { checkTasks, runTasks, tasksOfCells } from './run-tasks.js';
import { speedConditions } from './speed-conditions.js';
import { timeCell } from './time-cell.js';

/** Options of a comparison. */
export interface CompareOptions extends CallOptions {
  readonly onProgress?: ((progress: CompareProgress) => void) | undefined;
}

/** Fewer tokens leave nothing to score in a window's second half. */
const SHORTEST_WINDOW = 8;

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
    checkTasks(this.#with, request);
    const conditions = speedConditions(request);
    const cells = await this.#readyCells(request, options);
    const text = await prepareText(this.#with, request, cells, options);
    const environment = await this.#with.recorder.environment(options);
    const candidates = text === null ? [] : cells.slice(1);
    const tasks = request.tasks ?? [];
    const steps = cells.length * (request.iterations * (1 + conditions.length) + tasks.length) + candidates.length;
    const { id, kept } = await this.#resume(request, cells, steps, environment.engineBuild);

    const progress = new PacedProgress(steps, this.#with.clock, options.onProgress);
    const predictions = await predictCells(this.#with.planner, request.model, cells, options);
    const runs = await this.#timeAll(request, id, cells, predictions, kept, progress, options);
    const qualities = kept.filter(({ kind }) => kind === 'quality');
    for (const cell of candidates) {
      if (text !== null && qualityOf(qualities, cell) === null) {
        const tell = (fraction: number): void => progress.tell('quality', cell.level, fraction);
        tell(0);
        qualities.push(await measureQuality(this.#with, request, id, text, cell, tell, options));
      }
      progress.advance();
    }
    const outcomes = await runTasks(this.#with, request, id, cells, predictions, kept, progress, options);
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
          runs: runs.filter((run) => run.kind === 'speed' && isAbout(run, cell)),
          profiles: runs.filter((run) => run.kind === 'profile' && isAbout(run, cell)),
          quality: index === 0 ? qualityOfReference(qualities) : qualityOf(qualities, cell),
        })),
      ).map((level, index) => ({ ...level, tasks: summaries[index] ?? null })),
    };
  }

  /** Every cell's variant, the reference first; made where that is allowed. */
  async #readyCells(request: CompareRequest, options: CompareOptions): Promise<readonly ReadyCell[]> {
    if (request.windowTokens < SHORTEST_WINDOW) {
      throw new InvalidInputError(`A window needs at least ${SHORTEST_WINDOW} tokens.`);
    }
    const levels = [request.reference, ...request.levels.filter((level) => level !== request.reference)];
    const kvCaches: readonly KvCacheType[] = request.kvCaches.length > 0 ? request.kvCaches : ['f16'];
    const variants: ReadyVariant[] = [];
    for (const [index, level] of levels.entries()) {
      const variant = await this.#with.ensure.ensure(request.model, level, {
        signal: options.signal,
        make: request.make,
        onProgress: ({ completed, total }) => {
          const within = completed === null || !total ? 0 : completed / total;
          const fraction = (index + within) / levels.length;
          options.onProgress?.({ phase: 'building', detail: level, fraction, remainingMs: null });
        },
      });
      variants.push(variant);
    }
    return variants.flatMap((ready) =>
      kvCaches.map((kvCache) => ({ level: ready.level, kvCache, variant: ready.name, ready })),
    );
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
      const kept = await this.#with.store.query({ comparisonId: id, limit: steps });
      if (kept.length < steps) return { id, kept };
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
  ): Promise<readonly Measurement[]> {
    const runs = kept.filter(({ kind }) => kind === 'speed' || kind === 'profile');
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
        const profile = { comparisonId: id, cell, prediction, round, kept: before };
        runs.push(...(await profileCell(this.#with, request, profile, options)));
        progress.advance(conditions);
      }
    }
    return runs;
  }
}

const qualityOf = (records: readonly Measurement[], cell: ComparisonCell): QualityResult | null =>
  records.find((record) => isAbout(record, cell))?.quality ?? null;

/** The reference against itself: its own perplexity as measured, and by definition no divergence. */
function qualityOfReference(records: readonly Measurement[]): QualityResult | null {
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
