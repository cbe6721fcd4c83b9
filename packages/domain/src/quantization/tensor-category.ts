/** What a weight is for, as far as the quantization presets tell weights apart. */
export type TensorCategory =
  | 'token-embedding'
  | 'output'
  | 'attention-q'
  | 'attention-k'
  | 'attention-v'
  | 'attention-output'
  | 'ffn-up'
  | 'ffn-gate'
  | 'ffn-down'
  | 'other';

/** Fused and low-rank projections that carry the values are treated like `attn_v`. */
const BY_PART: readonly (readonly [string, TensorCategory])[] = [
  ['attn_qkv.weight', 'attention-v'],
  ['attn_kv_b.weight', 'attention-v'],
  ['attn_v.weight', 'attention-v'],
  ['attn_k.weight', 'attention-k'],
  ['attn_q.weight', 'attention-q'],
  ['attn_output.weight', 'attention-output'],
  ['ffn_up', 'ffn-up'],
  ['ffn_gate', 'ffn-gate'],
  ['ffn_down', 'ffn-down'],
];

/** The category of a tensor by its name. Source: llama.cpp `src/llama-quant.cpp`, `tensor_get_category`. */
export function tensorCategory(name: string): TensorCategory {
  if (name === 'output.weight') return 'output';
  if (name === 'token_embd.weight' || name === 'per_layer_token_embd.weight') return 'token-embedding';
  return BY_PART.find(([part]) => name.includes(part))?.[1] ?? 'other';
}

/** Parts of names whose tensors keep their type: norms, routers, positions and small odd matrices. */
const KEPT: readonly string[] = [
  '_norm.weight',
  'ffn_gate_inp.weight',
  'ffn_gate_tid2eid.weight',
  'altup',
  'laurel',
  'per_layer_model_proj',
  'ssm_conv1d',
  'shortconv.conv.weight',
  'indexer.k_proj.weight',
  'indexer.q_proj.weight',
  'time_mix_first.weight',
  'time_mix_w0.weight',
  'time_mix_w1.weight',
  'time_mix_w2.weight',
  'time_mix_v0.weight',
  'time_mix_v1.weight',
  'time_mix_v2.weight',
  'time_mix_a0.weight',
  'time_mix_a1.weight',
  'time_mix_a2.weight',
  'time_mix_g1.weight',
  'time_mix_g2.weight',
  'time_mix_decay_w1.weight',
  'time_mix_decay_w2.weight',
  'time_mix_lerp_fused.weight',
  'attn_rel_b.weight',
  '.position_embd',
  'sam.pos_embd',
  'sam.neck.',
  'sam.net_',
  '.rel_pos',
  '.patch_embd',
  '.patch_merger',
  'a.rvq.codebook',
  'mm.a.code_embd',
];

/**
 * Whether a preset may change the type of a matrix of that name.
 * Source: llama.cpp `src/llama-quant.cpp`, `tensor_allows_quantization`.
 */
export function mayChangeType(name: string): boolean {
  if (!name.endsWith('weight')) return false;
  if (name === 'position_embd.weight' || name === 'token_types.weight') return false;
  return !KEPT.some((part) => name.includes(part));
}

/** Whether a tensor is more than a row of numbers, which presets leave alone. `shape` may have trailing ones. */
export function isMatrix(shape: readonly number[]): boolean {
  return shape.findLastIndex((n) => n > 1) >= 1;
}
