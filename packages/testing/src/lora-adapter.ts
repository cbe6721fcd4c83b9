import { createGguf } from './gguf.js';

const ALIGNMENT = 32;

/** A LoRA adapter of rank 1 for one matrix of a model of LLaMA's kind, which changes all that it gives. */
export function createLoraAdapter(tensor: string, columns: number, rows: number): Uint8Array {
  const header = createGguf({
    metadata: {
      'general.architecture': 'llama',
      'general.type': 'adapter',
      'adapter.type': 'lora',
      'adapter.lora.alpha': { type: 'float32', value: 1 },
    },
    tensors: [
      { name: `${tensor}.lora_a`, shape: [columns, 1], type: 'F32' },
      { name: `${tensor}.lora_b`, shape: [1, rows], type: 'F32' },
    ],
  });
  const weights = Float32Array.from({ length: columns + rows }, (_, i) => Math.sin(i) / 4);
  const padding = Buffer.alloc((ALIGNMENT - (header.length % ALIGNMENT)) % ALIGNMENT);
  return Buffer.concat([header, padding, new Uint8Array(weights.buffer)]);
}
