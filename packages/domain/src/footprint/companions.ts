import type { ModelHeader } from '../model/model-header.js';
import { createFootprintModel } from './footprint-model.js';
import type { FootprintEstimate, FootprintModel, FootprintModelOptions } from './footprint-model.js';
import type { MemoryUse } from './footprint.js';
import type { RunShape } from './operating-point.js';
import { projectorBytes } from './projector.js';

/** What is loaded beside a model and takes memory where the model does. */
export interface Companions {
  /** Header of the projector (mmproj) that lets the model see. */
  readonly projector?: ModelHeader | undefined;
  /** Header of the smaller model that drafts tokens for this one to check. */
  readonly draft?: ModelHeader | undefined;
}

/** Tokens that are drafted at once, whose logits the model computes in one go. Source: llama.cpp `--spec-draft-n-max`. */
const DRAFTED_TOKENS = 3;

/**
 * A model with what is loaded beside it: as `createFootprintModel`, with `companionBytes` in each memory. The projector
 * goes to the first device; the draft model has a context of the same length with a cache of f16, all of it on devices
 * where some of the model is. Source: llama.cpp `common/speculative.cpp`, `common_base_params_to_speculative`.
 * @throws InvalidInputError for a projector that is none; as `createFootprintModel` for either model
 */
export function createLoadedModel(
  header: ModelHeader,
  { projector, draft }: Companions = {},
  options: Pick<FootprintModelOptions, 'recipes'> = {},
): FootprintModel {
  if (projector === undefined && draft === undefined) return createFootprintModel(header, options);
  const drafted = draft === undefined ? {} : { draftedTokens: DRAFTED_TOKENS };
  const model = createFootprintModel(header, { ...options, ...drafted });
  const drafting = draft === undefined ? null : createFootprintModel(draft);
  const known =
    projector === undefined ? null : { on: projectorBytes(projector, true), off: projectorBytes(projector, false) };
  const unknown = known?.on.computeBytes === null;
  const notes = [...model.notes, ...(unknown ? ["The projector's scratch memory is not known, and not counted."] : [])];
  return {
    ...model,
    notes,
    footprint: (weights, shape) => {
      const beside: Beside[] = [];
      if (drafting !== null) beside.push(draftBytes(drafting, shape));
      if (known !== null) {
        const { weightsBytes, computeBytes } = shape.flashAttention === 'off' ? known.off : known.on;
        beside.push(onFirst(weightsBytes + (computeBytes ?? 0), shape));
      }
      return beside.reduce(withBeside, model.footprint(weights, shape));
    },
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
