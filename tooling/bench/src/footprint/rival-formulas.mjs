import { GgufInsights, GgmlType, readGgufFileInfo } from 'node-llama-cpp';
import { metadataNumber, metadataNumbers } from '@plimsoll/domain';

/**
 * The formulas that the field uses, each as a function from a case to predicted bytes over host and device.
 * @typedef {{ path: string, header: import('@plimsoll/domain').ModelHeader, bitsPerWeight: number,
 *   shape: import('@plimsoll/domain').RunShape }} RivalCase
 */

const GGML_TYPES = { f32: GgmlType.F32, f16: GgmlType.F16, q8_0: GgmlType.Q8_0, q4_0: GgmlType.Q4_0 };

/** Ollama predicts file size plus an f16 cache over all layers, with heads of width / heads. */
function ollamaPrediction({ header, shape }) {
  return header.fileBytes + plainCacheBytes(header, shape);
}

/** The rule of thumb: parameters × bits, an f16 cache over all layers, half a gigabyte for the rest. */
function parametersTimesBits({ header, bitsPerWeight, shape }) {
  const parameters = header.tensors.reduce((sum, { shape: s }) => sum + s.reduce((p, n) => p * n, 1), 0);
  return (parameters * bitsPerWeight) / 8 + plainCacheBytes(header, shape) + 0.5e9;
}

/** The other rule of thumb. */
function fileSizeTimes12({ header }) {
  return header.fileBytes * 1.2;
}

function plainCacheBytes(header, shape) {
  const of = (key) => {
    const name = `${header.architecture}.${key}`;
    return metadataNumber(header, name) ?? Math.max(0, ...(metadataNumbers(header, name) ?? []));
  };
  const heads = of('attention.head_count');
  const kvHeads = of('attention.head_count_kv') || heads;
  if (heads === 0) return 0;
  const perToken = of('block_count') * kvHeads * (of('embedding_length') / heads) * 2 * 2;
  return perToken * shape.contextTokens * shape.parallel;
}

/** node-llama-cpp's closed form, the one that it replaced by asking the engine. */
function nodeLlamaCpp() {
  const insights = new Map();
  return async ({ path, shape }) => {
    let insight = insights.get(path);
    if (insight === undefined) {
      insight = await GgufInsights.from(await readGgufFileInfo(path, { logWarnings: false }));
      insights.set(path, insight);
    }
    const { gpuLayers } = shape.placement;
    const model = insight.estimateModelResourceRequirements({ gpuLayers });
    const context = insight.estimateContextResourceRequirements({
      contextSize: shape.contextTokens,
      modelGpuLayers: gpuLayers,
      batchSize: shape.microBatchTokens,
      sequences: shape.parallel,
      flashAttention: shape.flashAttention === 'on',
      kvCacheKeyType: GGML_TYPES[shape.keyCacheType],
      kvCacheValueType: GGML_TYPES[shape.valueCacheType],
    });
    return model.cpuRam + model.gpuVram + context.cpuRam + context.gpuVram;
  };
}

/** All rivals by name. */
export function rivalFormulas() {
  return {
    "node-llama-cpp's closed form": nodeLlamaCpp(),
    "Ollama's prediction": ollamaPrediction,
    'parameters × bits + cache + 0.5 GB': parametersTimesBits,
    'file size × 1.2': fileSizeTimes12,
  };
}
