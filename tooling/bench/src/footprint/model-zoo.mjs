import { denseModels } from './zoo/dense.mjs';
import { encoders } from './zoo/encoders.mjs';
import { mixtures } from './zoo/mixtures.mjs';
import { recurrentModels } from './zoo/recurrent.mjs';

/**
 * Real hyper-parameters of published models, as header-only GGUF files need them. Source: each model's published
 * configuration.
 * @typedef {{ name: string, shape: number[], fixed?: boolean }} ZooTensor `fixed` tensors stay F32.
 * @typedef {{ id: string, metadata: Record<string, unknown>, tensors: ZooTensor[] }} ZooModel
 */

/** All models. @type {readonly ZooModel[]} */
export const MODEL_ZOO = [...denseModels(), ...mixtures(), ...recurrentModels(), ...encoders()];

/** A model of the zoo at F16: what a GGUF writer needs. */
export function zooSpec({ metadata: entries, tensors }) {
  return {
    metadata: entries,
    tensors: tensors.map(({ name, shape, fixed }) => ({ name, shape, type: fixed ? 'F32' : 'F16' })),
  };
}
