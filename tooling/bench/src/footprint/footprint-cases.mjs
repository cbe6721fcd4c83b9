const CONTEXTS = [2048, 8192, 32_768];
/** Types of keys and values, with and without flash attention. Quantized values need it. */
const CACHES = [
  { keyCacheType: 'f16', valueCacheType: 'f16', flashAttention: 'on' },
  { keyCacheType: 'q8_0', valueCacheType: 'q8_0', flashAttention: 'on' },
  { keyCacheType: 'f16', valueCacheType: 'f16', flashAttention: 'off' },
];
const LEVELS = ['F16', 'Q8_0', 'Q4_K_M'];

const base = { parallel: 1, microBatchTokens: 512 };

/** Cases with everything on the host: levels × contexts × caches. */
export function hostCases(trainedContext) {
  const contexts = CONTEXTS.filter((tokens) => tokens <= trainedContext);
  return LEVELS.flatMap((level) =>
    (contexts.length > 0 ? contexts : [trainedContext]).flatMap((contextTokens) =>
      CACHES.map((cache) => ({
        level,
        shape: { ...base, ...cache, contextTokens, placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 } },
      })),
    ),
  );
}

/** Whether a case is among the few that logits of every token are checked with: one level, the shortest context. */
export const isSample = ({ level, shape }) => level === 'Q4_K_M' && shape.contextTokens <= CONTEXTS[0];

/** Models small enough for Mesa's software device, which takes no tensor above 128 MiB: larger ones move silently. */
export const DEVICE_MODELS = ['fable-5m', 'tinyllama-1.1b', 'smollm2-360m'];
const LARGEST_TENSOR = 128 * 1024 * 1024;

/** Cases with layers on a device: the same, times the number of layers offloaded. */
export function deviceCases(trainedContext, { layers, layerShapes }) {
  const heads = Math.max(...layerShapes.map((layer) => layer.heads));
  const offloaded = [layers + 1, Math.ceil((3 * layers) / 4), Math.ceil(layers / 2)];
  return hostCases(trainedContext)
    .filter(({ level }) => level !== 'F16')
    .filter(
      ({ shape }) =>
        shape.flashAttention === 'on' || 4 * heads * shape.contextTokens * shape.microBatchTokens <= LARGEST_TENSOR,
    )
    .flatMap(({ level, shape }) =>
      offloaded.map((gpuLayers) => ({
        level,
        shape: { ...shape, placement: { gpuLayers, split: [1], expertLayersOnHost: 0 } },
      })),
    );
}
