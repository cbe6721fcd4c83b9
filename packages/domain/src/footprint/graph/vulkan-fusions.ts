import type { Operation } from './tensor.js';

// Source: llama.cpp v0.5.0 `ggml/src/ggml-vulkan/ggml-vulkan-types.h` and `ggml-vulkan.cpp`, `ggml_vk_graph_optimize`.

/** Experts are chosen by one fused operation, which reads all that the single ones read. */
export const CHOICES: readonly (readonly Operation[])[] = [
  ['soft_max', 'reshape', 'argsort', 'view', 'get_rows', 'reshape', 'sum_rows', 'clamp', 'div', 'reshape'],
  ['unary', 'reshape', 'add', 'argsort', 'view', 'get_rows', 'reshape', 'sum_rows', 'clamp', 'div', 'reshape'],
  ['soft_max', 'reshape', 'argsort', 'view', 'get_rows'],
  ['argsort', 'view', 'get_rows', 'reshape', 'soft_max', 'reshape'],
];
export const KEPT: readonly (readonly Operation[])[] = [
  ['rms_norm', 'mul', 'add', 'mul'],
  ['rms_norm', 'mul', 'add'],
  ['rms_norm', 'mul', 'rope', 'view', 'set_rows'],
  ['rms_norm', 'view', 'set_rows'],
  ['rope', 'view', 'set_rows'],
];
/** All of them by the operation that they begin with. */
export const PATTERNS = new Map<Operation | undefined, (readonly Operation[])[]>();
for (const pattern of [...CHOICES, ...KEPT]) {
  PATTERNS.set(pattern[0], [...(PATTERNS.get(pattern[0]) ?? []), pattern]);
}

/** Pairs that are fused when one follows the other: at once, or with only views and computed nodes between. */
export const FUSED: ReadonlySet<string> = new Set([
  'mul_mat add',
  'mul_mat_id add_id',
  'mul_mat_id mul',
  'add add',
  'ssm_conv add',
  'ssm_conv unary',
]);
export const FUSED_APART: ReadonlySet<string> = new Set(['rms_norm mul', 'unary mul']);
