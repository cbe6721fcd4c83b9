import { createFootprintModel, isPlimsollError, shapeWith } from '@plimsoll/domain';
import type {
  CallOptions,
  FootprintEstimate,
  FootprintModel,
  ModelRuntime,
  ResidentModel,
  RunShape,
  Settings,
} from '@plimsoll/domain';
import type { InspectModel } from '../models/inspect-model.js';
import type { MeasurementRecorder } from '../statistics/measurement-recorder.js';
import type { Finding, ResidentFact } from './finding.js';
import { finding, findingFromError } from './finding.js';

/** What the check needs. */
export interface CheckResidentModelsDependencies {
  readonly runtime: ModelRuntime;
  readonly inspect: InspectModel;
  readonly recorder: MeasurementRecorder;
  readonly settings: () => Promise<Settings>;
}

/** Difference, as a share of what was predicted, up to which the two agree. */
const AGREEMENT = 0.1;

/** Context that llama.cpp's servers use when they do not tell one. */
const USUAL_CONTEXT = 4096;

/**
 * Holds what each resident model really takes against what its header predicts, explains the difference, and keeps
 * the observation, from which plans learn a correction for this machine.
 */
export async function checkResidentModels(
  dependencies: CheckResidentModelsDependencies,
  options?: CallOptions,
): Promise<readonly Finding[]> {
  const { runtime } = dependencies;
  if (!runtime.capabilities.residency) return [];
  let resident: readonly ResidentModel[];
  try {
    resident = await runtime.resident(options);
  } catch (error) {
    return [findingFromError('resident', 'unknown', error)];
  }
  const findings: Finding[] = [];
  for (const model of resident) findings.push(await checkOne(dependencies, model, options));
  return findings;
}

async function checkOne(
  { inspect, recorder, settings }: CheckResidentModelsDependencies,
  model: ResidentModel,
  options?: CallOptions,
): Promise<Finding> {
  const check = 'resident';
  if (model.sizeBytes === null) {
    return finding(check, 'unknown', { kind: 'resident-size-unknown', model: model.name });
  }
  try {
    const { header } = await inspect.inspect(model.name, options);
    const usual = createFootprintModel(header);
    const shape = shapeOf(model, usual, await settings());
    const { predicted, everyLogit } = nearest(model.sizeBytes, [
      { predicted: usual.footprint('file', shape), everyLogit: false },
      { predicted: createFootprintModel(header, { outputs: 'every' }).footprint('file', shape), everyLogit: true },
    ]);
    await recorder.record(
      {
        kind: 'footprint',
        model: model.name,
        variant: model.name,
        architecture: header.architecture,
        shape: shapeWith({
          kvCache: null,
          contextTokens: shape.contextTokens,
          gpuLayers: shape.placement.gpuLayers,
        }),
        residentBytes: model.sizeBytes,
        footprint: { predictedBytes: predicted.totalBytes, observedBytes: model.sizeBytes },
        succeeded: true,
      },
      options,
    );
    return explain(model, model.sizeBytes, predicted, { shape, everyLogit });
  } catch (error) {
    if (isPlimsollError(error) && error.code === 'cancelled') throw error;
    return findingFromError(check, 'unknown', error);
  }
}

interface Prediction {
  readonly predicted: FootprintEstimate;
  /** Whether logits of every token of a batch are counted, as older servers reserve them. */
  readonly everyLogit: boolean;
}

/**
 * Backends do not tell whether they reserve logits for every token of a batch or for the last one of each sequence,
 * but what they take does. Drivers only add to it.
 */
function nearest(observedBytes: number, [first, ...others]: readonly [Prediction, ...Prediction[]]): Prediction {
  const distance = ({ predicted }: Prediction): number => Math.abs(observedBytes - predicted.totalBytes);
  return others.reduce((best, other) => (distance(other) < distance(best) ? other : best), first);
}

/** The shape a resident model most likely runs in; what the backend does not tell is taken from the settings. */
function shapeOf(model: ResidentModel, footprintModel: FootprintModel, settings: Settings): RunShape {
  const { layers, predictionLayers } = footprintModel.architecture;
  const whole = layers + predictionLayers + 1;
  const share = Math.min(
    1,
    (model.deviceBytes ?? 0) / Math.max(1, Math.min(model.sizeBytes ?? 0, footprintModel.weightBytes('file'))),
  );
  const gpuLayers = Math.round(share * whole);
  return {
    contextTokens: model.contextTokens ?? settings.contextTokens ?? USUAL_CONTEXT,
    parallel: 1,
    microBatchTokens: 512,
    keyCacheType: settings.keyCacheType,
    valueCacheType: settings.valueCacheType,
    flashAttention: 'auto',
    placement: { gpuLayers, split: gpuLayers > 0 ? [1] : [], expertLayersOnHost: 0 },
  };
}

function explain(
  model: ResidentModel,
  observedBytes: number,
  predicted: FootprintEstimate,
  { shape, everyLogit }: { readonly shape: RunShape; readonly everyLogit: boolean },
): Finding {
  const difference = observedBytes - predicted.totalBytes;
  const agrees = Math.abs(difference / predicted.totalBytes) <= AGREEMENT;
  const kvBytes = predicted.devices.reduce((sum, { kvCacheBytes }) => sum + kvCacheBytes, predicted.host.kvCacheBytes);
  const less = kvBytes > 0 && -difference <= kvBytes ? 'less-by-cache' : 'less';
  const fact: ResidentFact = {
    kind: 'resident-size',
    model: model.name,
    observedBytes,
    predictedBytes: predicted.totalBytes,
    contextTokens: shape.contextTokens,
    everyLogit,
    hostBytes: model.deviceBytes !== null && model.deviceBytes > 0 ? Math.max(0, observedBytes - model.deviceBytes) : 0,
    outcome: agrees ? 'agrees' : difference > 0 ? 'more' : less,
  };
  return agrees
    ? finding('resident', 'ok', fact)
    : finding('resident', 'warning', fact, { kind: 'plan-model', model: model.name });
}
