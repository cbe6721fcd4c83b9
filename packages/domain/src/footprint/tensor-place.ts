/** Which part of the model a tensor belongs to, which decides where it is held. */
export type TensorPlace =
  | { readonly kind: 'input' }
  | { readonly kind: 'output' }
  | { readonly kind: 'shared' }
  | { readonly kind: 'layer'; readonly layer: number; readonly isExpert: boolean };

const INPUT: ReadonlySet<string> = new Set(['token_embd', 'position_embd', 'token_types', 'per_layer_token_embd']);

/** Of what each layer is given of the tokens: it goes with the first layer. */
const FIRST: ReadonlySet<string> = new Set(['per_layer_model_proj', 'per_layer_proj_norm']);

/** Small tables that every memory with layers of its own holds a copy of. */
const SHARED: ReadonlySet<string> = new Set(['rope_freqs', 'rope_factors_long', 'rope_factors_short']);

/**
 * The place of a tensor by its name. Input tensors stay on the host, output tensors go with the layer after the last,
 * the others with their block. Source: llama.cpp v0.5.0 `src/llama-arch.cpp` (tensor infos); the experts' pattern is
 * that of `--cpu-moe`, `common/common.h`.
 */
export function tensorPlace(name: string): TensorPlace {
  const block = /^blk\.(\d+)\.(.*)$/.exec(name);
  if (block !== null) {
    const isExpert = /^ffn_(?:up|down|gate|gate_up)_(?:ch|)exps/.test(block[2] ?? '');
    return { kind: 'layer', layer: Number(block[1]), isExpert };
  }
  const stem = name.replace(/\.(?:weight|bias)$/, '');
  if (INPUT.has(stem)) return { kind: 'input' };
  if (FIRST.has(stem)) return { kind: 'layer', layer: 0, isExpert: false };
  return SHARED.has(stem) ? { kind: 'shared' } : { kind: 'output' };
}
