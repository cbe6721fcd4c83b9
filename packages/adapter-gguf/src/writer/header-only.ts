import type { MetadataValue, ModelHeader, PresetTensorType } from '@plimsoll/domain';
import { writeSparseGguf } from './gguf-writer.js';
import type { GgufScalar, GgufSpec, GgufTensorSpec, GgufValue, SparseSizes } from './gguf-writer.js';

/**
 * Ends of the keys that the engine demands as 32-bit floats. A header that was read holds numbers without their
 * storage type, and a whole one such as a `rope.freq_base` of 10,000 would otherwise pass for an integer.
 * Source: llama.cpp v0.5.0 `src/llama-arch.cpp`, the keys that are read into `float` fields of `llama-hparams.h`.
 */
const FLOAT_KEY =
  /(?:epsilon|eps|freq_base|freq_base_swa|softcapping|_scale|\.scale|scale_linear|situ_beta|situ_linear_beta|clamp_kqv|max_alibi_bias|gate_lower_bound|magnitude|router_gain|swiglu_clamp_(?:sh)?exp|xielu\.\w+|scaling\.(?:factor|alpha|attn_factor|yarn_\w+))$/;

/** Keys that say nothing about memory: the vocabulary, how the file came to be, and how it was cut. */
const LEFT_OUT = /^(?:tokenizer\.|split\.|quantize\.|general\.(?!architecture$|type$|file_type$))/;
/** The one of the tokenizer that a tensor's shape is checked against. */
const KEPT = 'tokenizer.ggml.token_type_count';

/**
 * Writes a file that the engine takes for the model as far as memory goes: hyper-parameters and tensors of `header`,
 * with a hole for the data and without a vocabulary, which the engine allows as long as it is told its size.
 * Takes a few hundred kilobytes of disk whatever the model.
 * @param types the tensors at another level, in any order; the header's own where absent
 */
export async function writeHeaderOnlyGguf(
  path: string,
  header: ModelHeader,
  types: readonly PresetTensorType[] = [],
): Promise<SparseSizes> {
  return writeSparseGguf(path, headerOnlySpec(header, types));
}

function headerOnlySpec(header: ModelHeader, types: readonly PresetTensorType[]): GgufSpec {
  const changed = new Map(types.map((tensor) => [tensor.name, tensor]));
  const metadata: [string, GgufValue][] = [];
  for (const [key, value] of header.metadata) {
    if (LEFT_OUT.test(key) && key !== KEPT) continue;
    const written = writable(key, value);
    if (written !== null) metadata.push([key, written]);
  }
  metadata.push(['tokenizer.ggml.model', 'no_vocab']);
  const sizeKey = `${header.architecture}.vocab_size`;
  const size = vocabularySize(header);
  if (size !== null && !header.metadata.has(sizeKey)) metadata.push([sizeKey, size]);
  const tensors = header.tensors.map((tensor): GgufTensorSpec => {
    const { name, shape } = tensor;
    const { type, bytes } = changed.get(name) ?? tensor;
    return { name, shape, type: type ?? tensor.typeId, bytes };
  });
  return { metadata, tensors };
}

/** The rows of the token embedding. */
function vocabularySize({ tensors }: ModelHeader): number | null {
  return tensors.find(({ name }) => name === 'token_embd.weight')?.shape[1] ?? null;
}

/** A value as the engine wants it stored; null for one that was not kept or that nothing needs. */
function writable(key: string, value: MetadataValue): GgufValue | null {
  if (typeof value !== 'object') return isFloat(key, value) ? { type: 'float32', value } : value;
  const { values, elementType } = value;
  if (values === null || elementType === 'array') return null;
  if (values.some((element) => isFloat(key, element))) return { type: 'float32', value: values };
  // The engine takes lists of integers as int32 or uint32 alike.
  return values.length === 0 ? null : values;
}

const isFloat = (key: string, value: GgufScalar): boolean => typeof value === 'number' && FLOAT_KEY.test(key);
