import { createGguf } from '../src/writer/gguf-writer.js';
import type { ServedFile } from './range-server.js';

/** A model of 1.1 GB whose header takes about 3 MB: long vocabulary, scores and merges. */
export function largeModel(etag?: string, architecture = 'llama'): ServedFile {
  const header = createGguf({
    metadata: {
      'general.architecture': architecture,
      'general.file_type': 15,
      'tokenizer.ggml.tokens': Array.from({ length: 60_000 }, (_, i) => `Ġtoken-${i}`),
      'tokenizer.ggml.scores': { type: 'float32', value: Array.from({ length: 60_000 }, (_, i) => -i) },
      'tokenizer.ggml.merges': Array.from({ length: 80_000 }, (_, i) => `Ġt oken-${i}`),
    },
    tensors: [{ name: 'token_embd.weight', shape: [4096, 128256], type: 'F16' }],
  });
  return { header, size: header.length + 4096 * 128256 * 2, ...(etag === undefined ? {} : { etag }) };
}
