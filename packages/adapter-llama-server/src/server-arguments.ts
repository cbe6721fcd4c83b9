import { InvalidInputError } from '@plimsoll/domain';
import type { LoadOptions, LoraAdapter, Placement } from '@plimsoll/domain';

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
    ...deviceFlags(placement.split),
    '--n-cpu-moe': placement.expertLayersOnHost === 0 ? undefined : placement.expertLayersOnHost,
    ...adapterFlags(load.adapters ?? []),
    '--threads': threads,
    '--threads-batch': threads,
  };
  return Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)]));
}

/** A device without a share is left out where that can be said without its name: alone, all, or all but one. */
function deviceFlags(split: Placement['split'] | undefined): Readonly<Record<string, string | number>> {
  if (split === undefined) return {};
  const used = split.flatMap((share, index) => (share > 0 ? [index] : []));
  const [only] = used;
  if (only === undefined) return { '--device': 'none' };
  if (split.length === 1) return {};
  return used.length === 1 ? { '--split-mode': 'none', '--main-gpu': only } : { '--tensor-split': split.join(',') };
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
