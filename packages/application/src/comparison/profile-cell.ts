import { shapeOf } from '@plimsoll/domain';
import type { CallOptions, GenerationTimings, LoadOptions, ProfileMeasurement, SpeedCondition } from '@plimsoll/domain';
import type { CompareDependencies, ReadyCell } from './compare-dependencies.js';
import type { CompareRequest } from './compare-request.js';
import type { CellPrediction } from './predict-cells.js';
import { promptOfDepth, sameCondition, speedConditions } from './speed-conditions.js';
import { WARM_UP_TOKENS, generateOnce, isFatal, loadOf } from './time-cell.js';
import { watchDevices } from './watch-devices.js';

/** Room beside prompt and answer: a prompt's length is estimated, and a template may come around it. */
const SPARE_TOKENS = 256;

/** What is to be measured of one cell in one round. */
export interface ProfileRound {
  readonly comparisonId: string;
  readonly cell: ReadyCell;
  readonly prediction: CellPrediction;
  readonly round: number;
  /** Records of the cell that were kept before. */
  readonly kept: readonly ProfileMeasurement[];
}

/** Conditions of which this round is still missing. */
export function missingConditions(request: CompareRequest, { kept, round }: ProfileRound): readonly SpeedCondition[] {
  return speedConditions(request).filter(
    (condition) => kept.filter((record) => sameCondition(record.condition, condition)).length <= round,
  );
}

/**
 * Loads the cell's variant once and measures its speed under every condition that is missing, keeping each record at
 * once. Energy, heat and throttling are those of the run itself.
 */
export async function profileCell(
  dependencies: CompareDependencies,
  request: CompareRequest,
  profile: ProfileRound,
  options: CallOptions,
): Promise<readonly ProfileMeasurement[]> {
  const conditions = missingConditions(request, profile);
  if (conditions.length === 0) return [];
  const { runtime, recorder } = dependencies;
  const { cell, comparisonId, round, prediction } = profile;
  const { architecture, shape } = prediction;
  const load = loadOf(cell, contextTokens(request, prediction) ?? null);
  const draft = {
    ...{ architecture, shape: { ...shape, ...shapeOf(load) }, comparisonId },
    ...{ kind: 'profile' as const, model: request.model, variant: cell.variant },
    ...{ level: cell.level, digest: cell.ready.digest },
  };
  const warmUp = `Warming up ${round}. ${request.prompt}`;
  let tokens: number | null = null;
  const records: ProfileMeasurement[] = [];
  for (const [index, condition] of conditions.entries()) {
    try {
      if (index === 0) {
        if (runtime.capabilities.residency) {
          await runtime.unload(cell.variant, options);
          await runtime.load(cell.variant, load, options);
        }
        ({ promptTokens: tokens } = await generateOnce(dependencies, cell, load, warmUp, WARM_UP_TOKENS, options));
      }
      const prompts = promptsFor(request, condition, round, { letters: warmUp.length, tokens });
      const { result: timings, trace } = await watchDevices(
        dependencies,
        () => generateAll(dependencies, request, cell, load, prompts, options),
        options,
      );
      records.push(await recorder.record({ ...draft, ...trace, condition, succeeded: true, timings }, options));
    } catch (error) {
      const { fatal, failure } = isFatal(error);
      // An engine that an interruption took along fails in its own words; that says nothing about the condition.
      if (fatal || options.signal?.aborted === true) throw error;
      records.push(
        await recorder.record({ ...draft, condition, succeeded: false, ...failure, timings: null }, options),
      );
    }
  }
  if (runtime.capabilities.residency) await runtime.unload(cell.variant, options);
  return records;
}

function contextTokens(request: CompareRequest, prediction: CellPrediction): number | undefined {
  const deepest = Math.max(0, ...(request.depths ?? []));
  if (deepest === 0) return prediction.shape.contextTokens;
  return Math.max(prediction.shape.contextTokens ?? 0, deepest + request.maxTokens + SPARE_TOKENS);
}

function promptsFor(
  { prompt }: CompareRequest,
  { depthTokens, concurrency }: SpeedCondition,
  round: number,
  measured: { readonly letters: number; readonly tokens: number | null },
): readonly string[] {
  return Array.from({ length: concurrency }, (_, index) => {
    const beginning = `Run ${round + 1}, ${depthTokens ?? 'plain'}, ${index + 1} of ${concurrency}.`;
    return depthTokens === null ? `${beginning} ${prompt}` : promptOfDepth(prompt, depthTokens, beginning, measured);
  });
}

/** Runs all prompts at the same time. One alone gives its own timings; of several, the tokens and the time of all. */
async function generateAll(
  dependencies: CompareDependencies,
  { maxTokens }: CompareRequest,
  cell: ReadyCell,
  load: LoadOptions,
  prompts: readonly string[],
  options: CallOptions,
): Promise<GenerationTimings> {
  const startMs = dependencies.clock.monotonicMs();
  const settled = await Promise.allSettled(
    prompts.map((prompt) => generateOnce(dependencies, cell, load, prompt, maxTokens, options)),
  );
  const totalMs = dependencies.clock.monotonicMs() - startMs;
  const failed = settled.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const timings = settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const [only] = timings;
  if (timings.length === 1 && only !== undefined) return only;
  return {
    promptTokens: sum(timings.map((one) => one.promptTokens)),
    cachedPromptTokens: sum(timings.map((one) => one.cachedPromptTokens)),
    generatedTokens: sum(timings.map((one) => one.generatedTokens)),
    loadMs: null,
    prefillMs: null,
    decodeMs: null,
    firstTokenMs: null,
    totalMs,
  };
}

/** Null when one is unknown. */
function sum(values: readonly (number | null)[]): number | null {
  return values.reduce((total, value) => (total === null || value === null ? null : total + value), 0);
}
