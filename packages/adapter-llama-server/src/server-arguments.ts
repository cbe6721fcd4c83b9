import { InvalidInputError } from '@plimsoll/domain';
import type { LoadOptions, LoraAdapter } from '@plimsoll/domain';

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
    ...adapterFlags(load.adapters ?? []),
    '--threads': threads,
    '--threads-batch': threads,
  };
  return Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)]));
}

function adapterFlags(adapters: readonly LoraAdapter[]): Readonly<Record<string, string | undefined>> {
  // Commas part files, and a colon the scale from its file.
  const bad = adapters.find(({ path, scale }) => path.includes(',') || (scale !== 1 && path.includes(':')));
  if (bad !== undefined) {
    const sign = bad.path.includes(',') ? ',' : ':';
    throw new InvalidInputError(`llama-server takes no adapter with "${sign}" in its path: ${bad.path}`, {
      hint: 'Rename the file or its folder.',
    });
  }
  const whole = adapters.filter(({ scale }) => scale === 1).map(({ path }) => path);
  const scaled = adapters.filter(({ scale }) => scale !== 1).map(({ path, scale }) => `${path}:${scale}`);
  return {
    '--lora': whole.length === 0 ? undefined : whole.join(','),
    '--lora-scaled': scaled.length === 0 ? undefined : scaled.join(','),
  };
}
