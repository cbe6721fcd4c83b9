import { CACHELESS, HYBRID, isKnownArchitecture, RECURRENT, WINDOW_DEFAULTS } from './architecture-traits.js';
import { MOST_HEADS, MOST_LAYERS, MOST_TOKENS, MOST_WIDTH } from './metadata-limits.js';
import { invalidHeader } from './metadata-reader.js';
import type { MetadataReader } from './metadata-reader.js';
import { metadataNumbers } from './model-header.js';
import type { ModelHeader, TensorInfo } from './model-header.js';

/** What one repeating layer is made of. */
export interface LayerShape {
  /** `both` runs attention and a recurrence side by side; `none` is a feed-forward layer alone. */
  readonly mixer: 'attention' | 'recurrent' | 'both' | 'none';
  readonly heads: number;
  readonly kvHeads: number;
  /** Values per head in keys and in values. */
  readonly keyLength: number;
  readonly valueLength: number;
  /** Tokens that the layer sees back, or null for all. */
  readonly window: number | null;
  /** Whether it has keys and values of its own; some models share those of an earlier layer. */
  readonly ownsCache: boolean;
  /** Width of the dense feed-forward network; 0 when there is none. */
  readonly feedForward: number;
}

/** Sizes that the layers are laid out in. */
export interface LayerDimensions {
  readonly layers: number;
  readonly blocks: number;
  readonly width: number;
}

/**
 * The repeating layers of a model, one by one. What is unusual is added to `notes`.
 * Source: llama.cpp v0.5.0 `src/llama-model.cpp`, `load_hparams`, and `src/models/*.cpp`.
 * @throws InvalidModelFileError for values that no model can have
 */
export function layerShapesOf(
  header: ModelHeader,
  read: MetadataReader,
  { layers, blocks, width }: LayerDimensions,
  notes: string[],
): readonly LayerShape[] {
  const name = header.architecture;
  const heads = read.perLayer('attention.head_count', blocks, MOST_HEADS);
  const kvHeads = read.perLayer('attention.head_count_kv', blocks, MOST_HEADS) ?? heads;
  const feedForward = read.perLayer('feed_forward_length', blocks, MOST_WIDTH);
  const firstHeads = heads?.find((count) => count > 0) ?? 0;
  const pure = RECURRENT.has(name);
  if (firstHeads === 0 && !pure) throw invalidHeader(`${name}.attention.head_count is missing or 0`);
  const even = firstHeads === 0 ? 0 : Math.trunc(width / firstHeads);
  const keyLength = read.optional('attention.key_length', MOST_WIDTH) ?? even;
  const valueLength = read.optional('attention.value_length', MOST_WIDTH) ?? even;
  const keyLengthInWindow = read.optional('attention.key_length_swa', MOST_WIDTH) ?? keyLength;
  const valueLengthInWindow = read.optional('attention.value_length_swa', MOST_WIDTH) ?? valueLength;
  const windows = windowsOf(header, read, layers, notes);
  const isRecurrent = recurrentLayers(header, read, kvHeads, feedForward);
  const cached = cachedLayers(name, read, blocks);
  return Array.from({ length: layers }, (_, index): LayerShape => {
    const window = windows[index] ?? null;
    const ffn = feedForward?.[index] ?? 0;
    const attends = (heads?.[index] ?? 0) > 0 && (kvHeads?.[index] ?? 0) > 0;
    const recurs = isRecurrent(index);
    const mixer = name === 'falcon-h1' ? 'both' : recurs ? 'recurrent' : attends ? 'attention' : 'none';
    return {
      mixer,
      heads: heads?.[index] ?? 0,
      kvHeads: kvHeads?.[index] ?? 0,
      keyLength: window === null ? keyLength : keyLengthInWindow,
      valueLength: window === null ? valueLength : valueLengthInWindow,
      window,
      ownsCache: (mixer === 'attention' || mixer === 'both') && index < cached && !CACHELESS.has(name),
      feedForward: ffn,
    };
  });
}

/** Source: llama.cpp `src/models/{gemma3n,gemma4}.cpp`: later layers read the cache of earlier ones. */
function cachedLayers(name: string, read: MetadataReader, blocks: number): number {
  if (name === 'gemma3n') return 20;
  return name === 'gemma4' ? blocks - (read.optional('attention.shared_kv_layers', MOST_LAYERS) ?? 0) : MOST_LAYERS;
}

/**
 * The layer whose keys and values one reads: its own, or one of the last two that have any, of which the last sees everything.
 * Source: llama.cpp v0.5.0 `src/llama-model.cpp`, `create_memory`.
 */
export function cacheOwner(layers: readonly LayerShape[], index: number): number {
  const layer = layers[index];
  if (layer === undefined || layer.ownsCache || layer.mixer !== 'attention') return index;
  return layers.findLastIndex(({ ownsCache }) => ownsCache) - (layer.window === null ? 0 : 1);
}

function windowsOf(
  header: ModelHeader,
  read: MetadataReader,
  layers: number,
  notes: string[],
): readonly (number | null)[] {
  const rule = Object.hasOwn(WINDOW_DEFAULTS, header.architecture) ? WINDOW_DEFAULTS[header.architecture] : undefined;
  const declared = read.optional('attention.sliding_window', MOST_TOKENS);
  if (rule === undefined) {
    if ((declared ?? 0) > 0 && !isKnownArchitecture(header.architecture)) {
      notes.push('A sliding window is declared, but how it is laid out is not known: full attention is assumed.');
    }
    return [];
  }
  if (declared === 0 || (rule.onlyOfLayers ?? layers) !== layers) return [];
  const window = rule.fixed === true ? rule.window : (declared ?? rule.window);
  if (window === null) return [];
  const key = `${header.architecture}.attention.sliding_window_pattern`;
  const listed = metadataNumbers(header, key);
  if (listed !== null) return Array.from({ length: layers }, (_, index) => ((listed[index] ?? 0) > 0 ? window : null));
  const period = read.optional('attention.sliding_window_pattern', MOST_LAYERS) ?? rule.period;
  return Array.from({ length: layers }, (_, index) => {
    if (period === 0) return window;
    const full = rule.fullFirst === true ? index % period === 0 : index % period === period - 1;
    return full ? null : window;
  });
}

function recurrentLayers(
  header: ModelHeader,
  read: MetadataReader,
  kvHeads: readonly number[] | null,
  feedForward: readonly number[] | null,
): (index: number) => boolean {
  const name = header.architecture;
  if (RECURRENT.has(name)) return () => true;
  if (!HYBRID.has(name)) return () => false;
  if (name.startsWith('qwen3')) {
    const listed = metadataNumbers(header, `${name}.attention.recurrent_layers`);
    if (listed !== null) return (index) => (listed[index] ?? 0) > 0;
    const interval = read.optional('full_attention_interval', MOST_LAYERS) ?? 4;
    return (index) => interval === 0 || (index + 1) % interval !== 0;
  }
  const isFree = name.startsWith('nemotron_h') ? (index: number) => (feedForward?.[index] ?? 0) === 0 : () => true;
  return (index) => (kvHeads?.[index] ?? 0) === 0 && isFree(index);
}

/** Declared heads must be those of the tensors, or every later number would be wrong in silence. */
export function checkAttention(layers: readonly LayerShape[], tensors: ReadonlyMap<string, TensorInfo>): void {
  layers.forEach((layer, index) => {
    if (layer.mixer !== 'attention') return;
    const { heads, kvHeads } = layer;
    if (heads % kvHeads !== 0) {
      throw invalidHeader(`layer ${String(index)} has ${String(heads)} heads for ${String(kvHeads)} key/value heads`);
    }
    const rows = { k: kvHeads * layer.keyLength, v: kvHeads * layer.valueLength };
    for (const part of ['k', 'v'] as const) {
      const tensor = tensors.get(`blk.${String(index)}.attn_${part}.weight`);
      if (tensor === undefined || tensor.shape[1] === rows[part]) continue;
      throw invalidHeader(`${tensor.name} has ${String(tensor.shape[1])} rows, its heads make ${String(rows[part])}`);
    }
  });
}
