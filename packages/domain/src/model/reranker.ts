import { metadataNumber } from './model-header.js';
import type { ModelHeader } from './model-header.js';

/** `LLAMA_POOLING_TYPE_RANK` of llama.cpp. */
const POOLING_RANK = 4;

/**
 * Whether a model scores how well a document fits a query: its file says that it pools so, or it has llama.cpp's
 * classification head (`cls`, `cls.output`), which the converter of BERT's family writes without saying so.
 */
export function isReranker(header: ModelHeader): boolean {
  const pooling = metadataNumber(header, `${header.architecture}.pooling_type`);
  return pooling === POOLING_RANK || header.tensors.some(({ name }) => /^cls\.(?:output\.)?weight$/.test(name));
}
