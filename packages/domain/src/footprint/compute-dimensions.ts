import type { ModelArchitecture } from '../model/architecture.js';
import type { LayerShape } from '../model/layer-shapes.js';
import { metadataNumber } from '../model/model-header.js';
import type { ModelHeader } from '../model/model-header.js';
import { stateSpaceRow } from './state-space-row.js';
import type { StateSpaceRow } from './state-space-row.js';

/** The widths that decide how large the scratch memory of one token is, in values. */
export interface ComputeDimensions {
  readonly family: ModelArchitecture['family'];
  readonly width: number;
  readonly vocabulary: number;
  /** Heads, and values of all heads of a query, in the widest layer. */
  readonly heads: number;
  readonly query: number;
  /** Values of all heads in the widest value row; the same for one layer's keys. */
  readonly values: number;
  readonly keys: number;
  /** Width of the widest dense feed-forward network. */
  readonly feedForward: number;
  /** What of it is alive at once: gate, values and product, or without a gate values and result. */
  readonly dense: number;
  /** The same of the chosen experts, and all of their results before they are summed. */
  readonly experts: number;
  readonly expertResults: number;
  /** Scores and order of all experts, where no other room is free for them. */
  readonly routed: number;
  /** Copies of the model width that are alive beside the logits. */
  readonly outputRows: number;
  /** Whether masks are still alive then, as in models whose last layer attends late. */
  readonly keepsMask: boolean;
  /** Queries alive beside the attention scores. */
  readonly queryCopies: number;
  /**
   * Whether queries that are rotated end in the room of the norm that they came from: they are as wide, and the norm is
   * not read by a network beside attention or made only after it.
   */
  readonly rotatesInPlace: boolean;
  readonly latent: boolean;
  /** Head length of a compressed attention's values; 0 otherwise. */
  readonly latentValues: number;
  /** Queries in all their forms and results of all heads of compressed attention; 0 otherwise. */
  readonly latentRow: number;
  /**
   * Whether more is alive than the closed form knows: attention and network read the same norm, side by side, networks have no
   * gate, or heads of some layers are longer than those of others.
   */
  readonly isIrregular: boolean;
  /**
   * Whether no closed form is known, only a graph: of compressed keys and values that are unpacked before they are cached, and
   * of pictures that several layers see.
   */
  readonly isUnusual: boolean;
  /** The widest moment of a state-space layer, or null in models without. */
  readonly stateSpace: StateSpaceRow | null;
}

/** Output rows and mask rule that differ from the plain 2 and false. Found by asking the engine; see `docs`. */
const OUTPUT_RULES: Readonly<Record<string, { readonly rows: number; readonly keepsMask: boolean }>> = {
  'command-r': { rows: 3, keepsMask: true },
  'gpt-oss': { rows: 3, keepsMask: true },
  granitehybrid: { rows: 4, keepsMask: true },
  qwen3next: { rows: 4, keepsMask: true },
  lfm2: { rows: 3, keepsMask: true },
  mamba: { rows: 3, keepsMask: false },
  mamba2: { rows: 3, keepsMask: false },
  starcoder2: { rows: 3, keepsMask: false },
};

/** The widths of a model, from its architecture and its tensors. */
export function computeDimensions(architecture: ModelArchitecture, header: ModelHeader): ComputeDimensions {
  const attention = architecture.layerShapes.filter(({ mixer }) => mixer === 'attention' || mixer === 'both');
  const most = (value: (layer: (typeof attention)[number]) => number): number =>
    attention.reduce((maximum, layer) => Math.max(maximum, value(layer)), 0);
  const feedForward = architecture.layerShapes.reduce((m, layer) => Math.max(m, layer.feedForward), 0);
  const hasDense = header.tensors.some(({ name }) => /^blk\.\d+\.ffn_up\.weight$/.test(name));
  const isFused = header.tensors.some(({ name }) => name.endsWith('.attn_qkv.weight'));
  const query = most(({ heads, keyLength }) => heads * keyLength);
  const projectsGate = header.tensors.some(
    ({ name, shape }) => name.endsWith('.attn_q.weight') && shape[1] === 2 * query,
  );
  const hasNorm = (name: string): boolean => header.tensors.some((tensor) => tensor.name.endsWith(`.${name}.weight`));
  const isHybrid = architecture.family === 'hybrid';
  const experts = architecture.experts;
  const chosen = experts === null ? 0 : experts.used * experts.feedForward;
  const results = experts === null ? 0 : experts.used * architecture.width;
  const rule = Object.hasOwn(OUTPUT_RULES, architecture.name) ? OUTPUT_RULES[architecture.name] : undefined;
  return {
    family: architecture.family,
    width: architecture.width,
    vocabulary: architecture.vocabulary,
    heads: most(({ heads }) => heads),
    query,
    values: architecture.latentAttention ? 0 : most(({ kvHeads, valueLength }) => kvHeads * valueLength),
    keys: most(({ kvHeads, keyLength }) => kvHeads * keyLength),
    feedForward,
    dense: hasDense || experts === null ? (isGated(header, feedForward) ? 3 : 1) * feedForward : 0,
    experts: 3 * chosen,
    expertResults: results > (architecture.latentAttention ? 1 : 2) * chosen ? results : 0,
    routed: isHybrid ? 2 * (experts?.count ?? 0) : 0,
    outputRows: rule?.rows ?? 2,
    keepsMask: rule?.keepsMask ?? false,
    queryCopies: isFused && architecture.family === 'transformer' ? 0 : isHybrid ? (projectsGate ? 3 : 1) : 2,
    rotatesInPlace: query === architecture.width && hasNorm('attn_norm') && hasNorm('ffn_norm'),
    latent: architecture.latentAttention,
    latentValues: architecture.latentAttention ? (attention[0]?.valueLength ?? 0) : 0,
    latentRow: architecture.latentAttention ? latentRow(header, attention[0]) : 0,
    isIrregular:
      (hasNorm('attn_norm') && !hasNorm('ffn_norm') && !hasNorm('post_attention_norm')) ||
      (hasDense && !isGated(header, feedForward)) ||
      attention.some(({ keyLength }) => keyLength !== attention[0]?.keyLength),
    isUnusual:
      (architecture.name === 'deepseek2' && !architecture.latentAttention) ||
      (metadataNumber(header, `${architecture.name}.n_deepstack_layers`) ?? 0) > 0,
    stateSpace: stateSpaceRow(architecture, header),
  };
}

/** Terms are per token of the batch; of the logits only a share of the tokens has any. */
export function withLogitsOf(share: number, dims: ComputeDimensions): ComputeDimensions {
  if (share >= 1 || dims.family === 'encoder' || (dims.family === 'recurrent' && dims.stateSpace === null)) return dims;
  return { ...dims, vocabulary: dims.vocabulary * share, outputRows: dims.outputRows * share };
}

/** Source: llama.cpp `src/models/deepseek2.cpp`: the query as it is, without position, absorbed; and the results. */
function latentRow(header: ModelHeader, layer: LayerShape | undefined): number {
  if (layer === undefined) return 0;
  const whole = metadataNumber(header, `${header.architecture}.attention.key_length_mla`) ?? 0;
  const rotated = metadataNumber(header, `${header.architecture}.rope.dimension_count`) ?? 0;
  return layer.heads * (layer.keyLength + layer.valueLength + Math.max(whole, 2 * whole - rotated));
}

/** A network is gated when it has a gate, of its own or in the upper half of the first matrix. */
function isGated({ tensors }: ModelHeader, feedForward: number): boolean {
  return tensors.some(
    ({ name, shape }) =>
      /^blk\.\d+\.ffn_gate\.weight$/.test(name) ||
      (/^blk\.\d+\.ffn_up\.weight$/.test(name) && shape[1] === 2 * feedForward),
  );
}
