import { UnsupportedModelError } from '../errors/unsupported-model-error.js';
import { CACHELESS, HYBRID, isKnownArchitecture, RECURRENT } from './architecture-traits.js';
import { checkHyperParameters } from './hyper-parameters.js';
import { checkAttention, layerShapesOf } from './layer-shapes.js';
import type { LayerShape } from './layer-shapes.js';
import { MOST_LAYERS, MOST_TOKENS, MOST_WIDTH } from './metadata-limits.js';
import { invalidHeader, metadataReader } from './metadata-reader.js';
import type { MetadataReader } from './metadata-reader.js';
import type { ModelHeader, TensorInfo } from './model-header.js';

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
  checkHyperParameters(header);
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
  const groups = read.optional('ssm.group_count', MOST_WIDTH) ?? 0;
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
