import { BackendFailedError, isPlimsollError } from '@plimsoll/domain';
import type { CallOptions, GenerationTimings, LoadOptions, Measurement } from '@plimsoll/domain';
import type { CompareDependencies, ReadyCell } from './compare-dependencies.js';
import type { CompareRequest } from './compare-request.js';
import type { CellPrediction } from './predict-cells.js';

/** Failures that would meet every further run too, so that going on is of no use. */
const FATAL: readonly string[] = ['cancelled', 'backend-unreachable', 'capability-missing'];

const WARM_UP_TOKENS = 8;

/** Loads the cell's variant, times one generation after a warm-up, and keeps the record; a failed run is kept too. */
export async function timeCell(
  dependencies: CompareDependencies,
  request: CompareRequest,
  comparisonId: string,
  cell: ReadyCell,
  prediction: CellPrediction,
  round: number,
  options: CallOptions,
): Promise<Measurement> {
  const { runtime, recorder } = dependencies;
  const { predictedBytes, ...predicted } = prediction;
  const load = { kvCacheType: cell.kvCache, contextTokens: prediction.contextTokens ?? undefined };
  const draft = {
    ...predicted,
    kind: 'speed' as const,
    model: request.model,
    variant: cell.variant,
    level: cell.level,
    kvCache: cell.kvCache,
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
    await generate(dependencies, cell, load, `Warm-up ${round}. ${request.prompt}`, WARM_UP_TOKENS, options);
    const timings = await generate(
      dependencies,
      cell,
      load,
      `Run ${round + 1}. ${request.prompt}`,
      request.maxTokens,
      options,
    );
    const state = await deviceState(dependencies, cell.variant, options);
    if (runtime.capabilities.residency) await runtime.unload(cell.variant, options);
    const footprint =
      predictedBytes === null || state.residentBytes === null
        ? null
        : { predictedBytes, observedBytes: state.residentBytes };
    return await recorder.record(
      { ...draft, ...state, footprint, succeeded: true, timings: { ...timings, loadMs } },
      options,
    );
  } catch (error) {
    const errorCode = isPlimsollError(error) ? error.code : 'backend-failed';
    if (FATAL.includes(errorCode)) throw error;
    return recorder.record({ ...draft, succeeded: false, errorCode }, options);
  }
}

async function generate(
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

async function deviceState(
  { runtime, gpu }: CompareDependencies,
  variant: string,
  options: CallOptions,
): Promise<Pick<Measurement, 'residentBytes' | 'temperatureC' | 'throttled'>> {
  const resident = runtime.capabilities.residency ? await runtime.resident(options) : [];
  const readings = await gpu.read(options);
  const temperatures = readings.flatMap(({ temperatureC }) => (temperatureC === null ? [] : [temperatureC]));
  const throttling = readings.flatMap(({ thermalThrottling }) =>
    thermalThrottling === null ? [] : [thermalThrottling],
  );
  return {
    residentBytes: resident.find((model) => model.name === variant)?.sizeBytes ?? null,
    temperatureC: temperatures.length === 0 ? null : Math.max(...temperatures),
    throttled: throttling.length === 0 ? null : throttling.includes(true),
  };
}
