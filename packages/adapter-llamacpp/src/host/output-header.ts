import { InvalidModelFileError } from '@plimsoll/domain';
import koffi from 'koffi';
import type { Engine } from '../native/engine.js';
import type { HeaderValue } from './header-values.js';
import { splitParts } from '@plimsoll/local-models';

/**
 * Bytes of the header that the quantizer would write for a source: its metadata with the two keys the
 * quantizer sets, the `values` that it is told to add, without the keys of a split, and all tensors' entries. Source: `src/llama-quant.cpp`.
 */
export function outputHeaderBytes({ ggml }: Engine, source: string, values: readonly HeaderValue[] = []): number {
  const output = ggml.ggufEmpty();
  const opened: { gguf: bigint; tensors: bigint | null }[] = [];
  try {
    for (const part of splitParts(source)) {
      const slot = new BigUint64Array(new ArrayBuffer(8));
      const gguf = ggml.ggufOpen(part, { no_alloc: true, ctx: koffi.address(slot) });
      if (gguf === null) throw new InvalidModelFileError(`${part} cannot be read as GGUF.`);
      const tensors = slot[0] === undefined || slot[0] === 0n ? null : slot[0];
      if (opened.length === 0) {
        ggml.ggufCopyValues(output, gguf);
        ggml.ggufSetU32(output, 'general.quantization_version', 2);
        ggml.ggufSetU32(output, 'general.file_type', 0);
        // All numbers take four bytes, whatever they are.
        for (const { key, value } of values) {
          if (typeof value === 'number') ggml.ggufSetU32(output, key, 0);
          else ggml.ggufSetString(output, key, value);
        }
        for (const key of ['split.no', 'split.count', 'split.tensors.count']) ggml.ggufRemoveKey(output, key);
      }
      opened.push({ gguf, tensors });
      let tensor = tensors === null ? null : ggml.firstTensor(tensors);
      while (tensor !== null) {
        ggml.ggufAddTensor(output, tensor);
        tensor = ggml.nextTensor(tensors, tensor);
      }
    }
    return Number(ggml.ggufMetaBytes(output));
  } finally {
    for (const { gguf, tensors } of opened) {
      ggml.ggufFree(gguf);
      if (tensors !== null) ggml.freeContext(tensors);
    }
    ggml.ggufFree(output);
  }
}
