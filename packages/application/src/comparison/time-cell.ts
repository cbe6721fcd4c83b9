import { BackendFailedError, shapeOf } from '@plimsoll/domain';
import type { CallOptions, GenerationTimings, LoadOptions, SpeedMeasurement } from '@plimsoll/domain';
import type { CompareDependencies, ReadyCell } from './compare-dependencies.js';
import type { CompareRequest } from './compare-request.js';
import type { CellPrediction } from './predict-cells.js';
import { failureOf } from '../statistics/failure-of.js';
import { watchDevices } from './watch-devices.js';

/** Failures that would meet every further run too, so that going on is of no use. */
const FATAL: readonly string[] = ['cancelled', 'backend-unreachable', 'capability-missing'];

/** Tokens of a run that only warms up. */
export const WARM_UP_TOKENS = 8;

/** Loads the cell's variant, times one generation after a warm-up, and keeps the record; a failed run is kept too. */
export async function timeCell(
  dependencies: CompareDependencies,
  request: CompareRequest,
  comparisonId: string,
  cell: ReadyCell,
  prediction: CellPrediction,
  round: number,
  options: CallOptions,
): Promise<SpeedMeasurement> {
  const { runtime, recorder } = dependencies;
  const { predictedBytes, architecture, predictedSpeed, shape } = prediction;
  const load = loadOf(cell, shape.contextTokens ?? null);
  const draft = {
    architecture,
    predictedSpeed,
    kind: 'speed' as const,
    model: request.model,
    variant: cell.variant,
    level: cell.level,
    shape: { ...shape, ...shapeOf(load) },
    digest: cell.ready.digest,
    comparisonId,
  };
  try {
    let loadMs: number | null = null;
    if (runtime.capabilities.residency) {
      await runtime.unload(cell.variant, options);
      ({ loadMs } = await runtime.load(cell.variant, load, options));
    }
    // The first words differ from call to call: a prompt cache would make prefill look faster than it is.
    await generateOnce(dependencies, cell, load, `Warm-up ${round}. ${request.prompt}`, WARM_UP_TOKENS, options);
    const { result: timings, trace } = await watchDevices(
      dependencies,
      () => generateOnce(dependencies, cell, load, `Run ${round + 1}. ${request.prompt}`, request.maxTokens, options),
      options,
    );
    const residentBytes = await bytesHeld(dependencies, cell.variant, options);
    if (runtime.capabilities.residency) await runtime.unload(cell.variant, options);
    const footprint =
      predictedBytes === null || residentBytes === null ? null : { predictedBytes, observedBytes: residentBytes };
    return await recorder.record(
      { ...draft, ...trace, residentBytes, footprint, succeeded: true, timings: { ...timings, loadMs } },
      options,
    );
  } catch (error) {
    const { fatal, failure } = isFatal(error);
    // An engine that an interruption took along fails in its own words; that says nothing about the level.
    if (fatal || options.signal?.aborted === true) throw error;
    return recorder.record({ ...draft, succeeded: false, ...failure, timings: null, footprint: null }, options);
  }
}

/** Whether a failure would meet every further run too, and what the record keeps of it. */
export function isFatal(error: unknown): {
  readonly fatal: boolean;
  readonly failure: ReturnType<typeof failureOf>;
} {
  const failure = failureOf(error);
  return { fatal: FATAL.includes(failure.errorCode ?? ''), failure };
}

/** How a cell is loaded: its cache type for keys and values, and so much context. */
export function loadOf({ kvCache }: Pick<ReadyCell, 'kvCache'>, contextTokens: number | null): LoadOptions {
  return { keyCacheType: kvCache, valueCacheType: kvCache, contextTokens: contextTokens ?? undefined };
}

/** One generation with fixed sampling, and its timings. */
export async function generateOnce(
  { runtime }: CompareDependencies,
  cell: ReadyCell,
  load: LoadOptions,
  prompt: string,
  maxTokens: number,
  options: CallOptions,
): Promise<GenerationTimings> {
  const events = runtime.generate(
    {
      model: cell.variant,
      input: { kind: 'prompt', prompt, raw: true },
      temperature: 0,
      seed: 1,
      maxTokens,
      load,
    },
    options,
  );
  for await (const event of events) if (event.type === 'done') return event.timings;
  throw new BackendFailedError('The backend ended its answer without saying so.');
}

async function bytesHeld(
  { runtime }: CompareDependencies,
  variant: string,
  options: CallOptions,
): Promise<number | null> {
  const resident = runtime.capabilities.residency ? await runtime.resident(options) : [];
  return resident.find((model) => model.name === variant)?.sizeBytes ?? null;
}
