import { UnsupportedModelError } from '../errors/unsupported-model-error.js';
import { CACHELESS, HYBRID, isKnownArchitecture, RECURRENT, WINDOW_DEFAULTS } from './architecture-traits.js';
import { invalidHeader, metadataReader } from './metadata-reader.js';
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

/** A mixture of experts. */
export interface ExpertShape {
  readonly count: number;
  /** Experts used per token. */
  readonly used: number;
  readonly feedForward: number;
}

/** The state that recurrent layers carry, in 32-bit values per layer and sequence. */
export interface RecurrentShape {
  readonly convolutionValues: number;
  readonly stateValues: number;
}

/** What a model is, read from its header: everything that decides how much memory a run takes. */
export interface ModelArchitecture {
  readonly name: string;
  /** Whether its rules were checked; if not, the generic ones for transformers are used and `notes` says so. */
  readonly known: boolean;
  readonly family: 'transformer' | 'recurrent' | 'hybrid' | 'encoder';
  /** Repeating layers of the model proper. */
  readonly layers: number;
  /** Layers for speculative prediction that follow them: held in memory, but without a cache. */
  readonly predictionLayers: number;
  readonly width: number;
  readonly vocabulary: number;
  /** Longest context it was trained for, or null when the file does not tell. */
  readonly contextTokens: number | null;
  /** One entry per repeating layer. */
  readonly layerShapes: readonly LayerShape[];
  readonly experts: ExpertShape | null;
  readonly recurrent: RecurrentShape | null;
  /** Compressed attention (MLA): only keys are cached, `keyLength` values for all heads together. */
  readonly latentAttention: boolean;
  /** Whether the output matrix is the token embedding. */
  readonly tiedEmbeddings: boolean;
  /** Weights in all tensors. */
  readonly parameters: number;
  /** Weights read for one token: all, less the experts that are not chosen and an untied embedding table. */
  readonly activeParameters: number;
  /** What was missing or unusual, and what was assumed instead. For people. */
  readonly notes: readonly string[];
}

const MOST_LAYERS = 1024;
const MOST_HEADS = 65_536;
const MOST_WIDTH = 1_048_576;
const MOST_TOKENS = 1_073_741_824;

/**
 * The architecture behind a header. Keys as in ggml `docs/gguf.md`, defaults as in llama.cpp `src/llama-model.cpp`
 * (`load_hparams`) and `src/models/*.cpp`.
 * @throws InvalidModelFileError when the header contradicts itself or holds impossible values
 * @throws UnsupportedModelError for a projector (`clip`), which is no model of its own
 */
export function architectureOf(header: ModelHeader): ModelArchitecture {
  const name = header.architecture;
  if (name === 'clip') {
    throw new UnsupportedModelError('This file is a projector (mmproj), not a language model.', {
      hint: 'Give the model file itself; the projector is added to its footprint.',
    });
  }
  const read = metadataReader(header);
  const notes: string[] = [];
  const tensors = new Map(header.tensors.map((tensor) => [tensor.name, tensor]));
  const blocks = blockCount(header, read, notes);
  const predictionLayers = read.optional('nextn_predict_layers', MOST_LAYERS) ?? 0;
  const layers = blocks - predictionLayers;
  if (layers < 1) throw invalidHeader(`it declares ${String(predictionLayers)} prediction layers of ${String(blocks)}`);
  const embedding = tensors.get('token_embd.weight');
  const width = modelWidth(name, read, embedding, notes);
  const layerShapes = layerShapesOf(header, read, { layers, blocks, width }, notes);
  checkAttention(layerShapes, tensors);
  const recurrent = layerShapes.some(({ mixer }) => mixer === 'recurrent' || mixer === 'both')
    ? recurrentShape(read, width)
    : null;
  const experts = expertShape(read, layerShapes);
  const known = isKnownArchitecture(name);
  if (!known) notes.push(`Architecture "${name}" is not known: the generic rules for transformers are used.`);
  const contextTokens = read.optional('context_length', MOST_TOKENS);
  if (contextTokens === null) notes.push('The file does not say how long a context the model was trained for.');
  const tiedEmbeddings = embedding !== undefined && !tensors.has('output.weight') && !CACHELESS.has(name);
  return {
    name,
    known,
    family: CACHELESS.has(name)
      ? 'encoder'
      : RECURRENT.has(name)
        ? 'recurrent'
        : HYBRID.has(name)
          ? 'hybrid'
          : 'transformer',
    layers,
    predictionLayers,
    width,
    vocabulary: vocabularySize(header, read, embedding, notes),
    contextTokens,
    layerShapes,
    experts,
    recurrent,
    latentAttention: (read.optional('attention.key_length_mla', MOST_WIDTH) ?? 0) > 0,
    tiedEmbeddings,
    ...parameterCounts(header, experts, tiedEmbeddings),
    notes,
  };
}

function blockCount(header: ModelHeader, read: MetadataReader, notes: string[]): number {
  const declared = read.optional('block_count', MOST_LAYERS);
  if (declared === 0) throw invalidHeader('it declares no layers');
  const found = header.tensors.reduce((most, { name }) => {
    const match = /^blk\.(\d{1,9})\./.exec(name);
    return match === null ? most : Math.max(most, Number(match[1]) + 1);
  }, 0);
  if (declared === null) {
    if (found < 1 || found > MOST_LAYERS) throw invalidHeader('it neither declares nor contains layers');
    notes.push(`The number of layers is missing; ${String(found)} were counted.`);
    return found;
  }
  if (found > declared) {
    throw invalidHeader(`it declares ${String(declared)} layers but has tensors of layer ${String(found - 1)}`);
  }
  return declared;
}

function modelWidth(name: string, read: MetadataReader, embedding: TensorInfo | undefined, notes: string[]): number {
  const declared = read.optional('embedding_length', MOST_WIDTH);
  const stored = embedding?.shape[0] ?? null;
  const width = declared ?? stored;
  if (width === null || width === 0) throw invalidHeader(`${name}.embedding_length is missing or 0`);
  if (declared === null) notes.push(`The width is missing; ${String(width)} was taken from the token embedding.`);
  if (stored !== null && stored !== width && name !== 'gemma3n') {
    throw invalidHeader(`its width is ${String(width)} but the token embedding has rows of ${String(stored)}`);
  }
  return width;
}

function vocabularySize(
  header: ModelHeader,
  read: MetadataReader,
  embedding: TensorInfo | undefined,
  notes: string[],
): number {
  const listed = header.metadata.get('tokenizer.ggml.tokens');
  const tokens = typeof listed === 'object' ? listed.length : read.optional('vocab_size', MOST_TOKENS);
  const rows = embedding?.shape[1] ?? null;
  if (rows !== null) {
    if (tokens !== null && tokens !== rows) {
      notes.push(`The tokenizer lists ${String(tokens)} tokens, the embedding ${String(rows)}; the latter counts.`);
    }
    return rows;
  }
  if (tokens === null) notes.push('The file has no token embedding and names no vocabulary: 0 tokens are assumed.');
  return tokens ?? 0;
}

interface Dimensions {
  readonly layers: number;
  readonly blocks: number;
  readonly width: number;
}

function layerShapesOf(
  header: ModelHeader,
  read: MetadataReader,
  { layers, blocks, width }: Dimensions,
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
  if (declared === 0) return [];
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

/** Source: llama.cpp `src/llama-hparams.cpp`, `n_embd_r` and `n_embd_s`. */
function recurrentShape(read: MetadataReader, width: number): RecurrentShape {
  const wkvHead = read.optional('wkv.head_size', MOST_WIDTH) ?? 0;
  if (wkvHead > 0) {
    const shifts = read.optional('token_shift_count', 64) ?? 2;
    return { convolutionValues: shifts * width, stateValues: width * wkvHead };
  }
  const shortConvolution = read.optional('shortconv.l_cache', 4096) ?? 0;
  if (shortConvolution > 0) return { convolutionValues: width * (shortConvolution - 1), stateValues: 0 };
  const kernel = read.optional('ssm.conv_kernel', 4096) ?? 0;
  const inner = read.optional('ssm.inner_size', MOST_WIDTH) ?? 0;
  const state = read.optional('ssm.state_size', MOST_WIDTH) ?? 0;
  const groups = read.optional('ssm.group_count', MOST_HEADS) ?? 0;
  if (inner === 0) throw invalidHeader('it has recurrent layers but does not say how large their state is');
  return {
    convolutionValues: Math.max(0, kernel - 1) * (inner + 2 * groups * state),
    stateValues: state * inner,
  };
}

function expertShape(read: MetadataReader, layers: readonly LayerShape[]): ExpertShape | null {
  const count = read.optional('expert_count', 65_536) ?? 0;
  if (count === 0) return null;
  const used = read.perLayer('expert_used_count', 1, 65_536)?.[0] ?? 0;
  if (used === 0 || used > count) throw invalidHeader(`${String(used)} of ${String(count)} experts are used`);
  const width = read.perLayer('expert_feed_forward_length', 1, MOST_WIDTH)?.[0] ?? 0;
  const dense = layers.find(({ feedForward }) => feedForward > 0)?.feedForward ?? 0;
  return { count, used, feedForward: width > 0 ? width : dense };
}

/** Declared heads must be those of the tensors, or every later number would be wrong in silence. */
function checkAttention(layers: readonly LayerShape[], tensors: ReadonlyMap<string, TensorInfo>): void {
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

function parameterCounts(
  header: ModelHeader,
  experts: ExpertShape | null,
  tied: boolean,
): { readonly parameters: number; readonly activeParameters: number } {
  let parameters = 0;
  let active = 0;
  for (const { name, shape } of header.tensors) {
    const count = shape.reduce((product, n) => product * n, 1);
    parameters += count;
    if (name === 'token_embd.weight' && !tied) continue;
    active += experts !== null && name.includes('_exps.') ? (count * experts.used) / experts.count : count;
  }
  return { parameters, activeParameters: Math.round(active) };
}
