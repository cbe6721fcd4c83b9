import { tensorCategory } from './tensor-category.js';
import type { TensorType } from './tensor-type.js';

/** Types too coarse to round to without knowing which weights matter. */
const COARSE: ReadonlySet<TensorType> = new Set(['IQ3_XXS', 'IQ2_S', 'IQ2_XS', 'IQ2_XXS', 'IQ1_M', 'IQ1_S']);

/**
 * Whether a tensor can be made into a type only with an importance matrix; embeddings and outputs never need one.
 * Source: llama.cpp `src/llama-quant.cpp`, `tensor_requires_imatrix`.
 */
export function needsImportance(tensor: string, type: TensorType): boolean {
  const category = tensorCategory(tensor);
  return COARSE.has(type) && category !== 'token-embedding' && category !== 'output';
}
