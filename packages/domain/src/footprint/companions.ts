import type { ModelHeader } from '../model/model-header.js';
import { InvalidInputError } from '../errors/invalid-input-error.js';
import { createFootprintModel } from './footprint-model.js';
import { onDevicesInUse } from './devices-in-use.js';
import type { FootprintEstimate, FootprintModel, FootprintModelOptions, Weights } from './footprint-model.js';
import type { MemoryUse } from './footprint.js';
import type { RunShape } from './operating-point.js';
import { projectorBytes } from './projector.js';

/** Stands for prediction layers of the model itself where a draft model is named. */
export const OWN_PREDICTION_LAYERS = 'mtp';

/** What is loaded beside a model and takes memory where the model does. */
export interface Companions {
  /** Header of the projector (mmproj) that lets the model see. */
  readonly projector?: ModelHeader | undefined;
  /** What drafts tokens for the model to check: a smaller one, or prediction layers (MTP) of its own. */
  readonly draft?: ModelHeader | typeof OWN_PREDICTION_LAYERS | undefined;
}

/** Tokens that are drafted at once, whose logits the model computes in one go. Source: llama.cpp `--spec-draft-n-max`. */
const DRAFTED_TOKENS = 3;

/** Cells come in blocks of so many. Source: llama.cpp `src/llama-context.cpp`, `GGML_PAD(…, 256)`. */
const CELL_BLOCK = 256;
const F16_BYTES = 2;

/**
 * A model with what is loaded beside it: as `createFootprintModel`, with `companionBytes` in each memory. The projector
 * goes to the first device; the draft model has a context of the same length with a cache of f16, all of it on devices
 * where some of the model is. Source: llama.cpp `common/speculative.cpp`, `common_base_params_to_speculative`. Prediction
 * layers get a second context: a cache of f16 of their own, and scratch memory as the model's.
 * @throws InvalidInputError for a projector that is none, and prediction layers that the model has not; as `createFootprintModel` for either model
 */
export function createLoadedModel(
  header: ModelHeader,
  { projector, draft }: Companions = {},
  options: Pick<FootprintModelOptions, 'recipes'> = {},
): FootprintModel {
  if (projector === undefined && draft === undefined) return createFootprintModel(header, options);
  const predicts = draft === OWN_PREDICTION_LAYERS;
  const drafted = draft === undefined ? {} : { draftedTokens: DRAFTED_TOKENS, predicts };
  const model = createFootprintModel(header, { ...options, ...drafted });
  const drafting = draft === undefined || predicts ? null : createFootprintModel(draft);
  const predicting = predicts ? predictionContext(header, model) : null;
  const known =
    projector === undefined ? null : { on: projectorBytes(projector, true), off: projectorBytes(projector, false) };
  const unknown = known?.on.computeBytes === null;
  const notes = [...model.notes, ...(unknown ? ["The projector's scratch memory is not known, and not counted."] : [])];
  return {
    ...model,
    notes,
    footprint: (weights, asked) =>
      onDevicesInUse(asked, (shape) => {
        const beside: Beside[] = [];
        if (drafting !== null) beside.push(draftBytes(drafting, shape));
        if (predicting !== null) beside.push(predicting(weights, shape));
        if (known !== null) {
          const { weightsBytes, computeBytes } = shape.flashAttention === 'off' ? known.off : known.on;
          beside.push(onFirst(weightsBytes + (computeBytes ?? 0), shape));
        }
        return beside.reduce(withBeside, model.footprint(weights, shape));
      }),
  };
}

/** Bytes beside the model: one entry per device, and the host's. */
interface Beside {
  readonly devices: readonly number[];
  readonly host: number;
}

function onFirst(bytes: number, { placement: { split, gpuLayers } }: RunShape): Beside {
  const onDevice = split.length > 0 && gpuLayers > 0;
  return { devices: split.map((_, index) => (onDevice && index === 0 ? bytes : 0)), host: onDevice ? 0 : bytes };
}

function draftBytes(draft: FootprintModel, shape: RunShape): Beside {
  const { architecture } = draft;
  const { gpuLayers, split } = shape.placement;
  const layers = architecture.layers + architecture.predictionLayers + 1;
  const { devices, host } = draft.footprint('file', {
    ...shape,
    keyCacheType: 'f16',
    valueCacheType: 'f16',
    placement: { gpuLayers: gpuLayers > 0 ? layers : 0, split, expertLayersOnHost: 0 },
  });
  return { devices: devices.map(({ totalBytes }) => totalBytes), host: host.totalBytes };
}

/** Bytes of the second context that prediction layers run in. It lies where these layers, the last ones, are. */
function predictionContext(
  header: ModelHeader,
  { architecture }: FootprintModel,
): (weights: Weights, shape: RunShape) => Beside {
  const { predictionLayers } = architecture;
  if (predictionLayers === 0) {
    throw new InvalidInputError('The model has no prediction layers to draft with.', {
      hint: 'Name a smaller model that drafts for it, or none.',
    });
  }
  const single = createFootprintModel(header);
  const attention = architecture.layerShapes.findLast(({ ownsCache }) => ownsCache);
  const { kvHeads = 0, keyLength = 0, valueLength = 0 } = attention ?? {};
  const values = kvHeads * (keyLength + (architecture.latentAttention ? 0 : valueLength));
  return (weights, shape) => {
    const { gpuLayers, split } = shape.placement;
    const cells = Math.ceil(shape.contextTokens / CELL_BLOCK) * CELL_BLOCK * shape.parallel;
    const cache = predictionLayers * cells * values * F16_BYTES;
    const { devices, host } = single.footprint(weights, { ...shape, keyCacheType: 'f16', valueCacheType: 'f16' });
    // With the output layer alone on a device the last of these stays on the host.
    const last = gpuLayers > 1 ? devices.findLastIndex(({ weightsBytes }) => weightsBytes > 0) : -1;
    const inputs = split.length > 0 ? host.computeBytes : 0;
    if (last < 0) return { devices: split.map(() => 0), host: cache + host.computeBytes };
    const own = cache + (devices[last]?.computeBytes ?? 0);
    return { devices: split.map((_, index) => (index === last ? own : 0)), host: inputs };
  };
}

function withBeside(estimate: FootprintEstimate, { devices, host }: Beside): FootprintEstimate {
  const added = devices.reduce((sum, bytes) => sum + bytes, host);
  return {
    ...estimate,
    devices: estimate.devices.map((use, index) => plus(use, devices[index] ?? 0)),
    host: plus(estimate.host, host),
    totalBytes: estimate.totalBytes + added,
  };
}

const plus = (use: MemoryUse, bytes: number): MemoryUse =>
  bytes === 0 ? use : { ...use, companionBytes: (use.companionBytes ?? 0) + bytes, totalBytes: use.totalBytes + bytes };
