import { createFootprintModel, formatBytes } from '@plimsoll/domain';
import type { Level, ModelHeader } from '@plimsoll/domain';

/** Says what each level of a model takes, whole on one device, with 8,192 tokens of context. */
export function whatFits(header: ModelHeader, levels: readonly Level[], memoryBytes: number): readonly string[] {
  const model = createFootprintModel(header);
  const gpuLayers = model.architecture.layers + 1;
  return levels.map((level) => {
    const { devices } = model.footprint(level, {
      contextTokens: 8192,
      parallel: 1,
      microBatchTokens: 512,
      keyCacheType: 'f16',
      valueCacheType: 'f16',
      flashAttention: 'auto',
      placement: { gpuLayers, split: [1], expertLayersOnHost: 0 },
    });
    const bytes = devices[0]?.totalBytes ?? 0;
    return `${level}: ${formatBytes(bytes)}, ${bytes <= memoryBytes ? 'fits' : 'does not fit'}`;
  });
}
