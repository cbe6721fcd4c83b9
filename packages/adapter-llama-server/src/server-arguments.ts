import type { LoadOptions } from '@plimsoll/domain';

/** The arguments of a llama-server that loads a model at an operating point; what it leaves open is the server's choice. */
export function serverArguments(model: string, load: LoadOptions): readonly string[] {
  const { contextTokens, parallel = 1, placement = {}, threads } = load;
  const flags: Readonly<Record<string, string | number | undefined>> = {
    '--model': model,
    '--ctx-size': contextTokens === undefined ? undefined : contextTokens * parallel,
    '--parallel': parallel,
    '--batch-size': load.batchTokens,
    '--ubatch-size': load.microBatchTokens,
    '--cache-type-k': load.keyCacheType,
    '--cache-type-v': load.valueCacheType,
    '--flash-attn': load.flashAttention,
    '--n-gpu-layers': placement.gpuLayers,
    '--tensor-split':
      placement.split !== undefined && placement.split.length > 1 ? placement.split.join(',') : undefined,
    '--n-cpu-moe': placement.expertLayersOnHost === 0 ? undefined : placement.expertLayersOnHost,
    '--threads': threads,
    '--threads-batch': threads,
  };
  return Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)]));
}
