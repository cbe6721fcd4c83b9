import { EngineMismatchError } from '@plimsoll/domain';
import { INSTALL_HINT } from '../builds/installed-builds.js';

/** Defaults of llama.cpp v0.5.0, read from `src/llama-quant.cpp`, `src/llama-model.cpp` and `src/llama-context.cpp`. */
const QUANTIZE = {
  nthread: 0,
  ftype: 7,
  output_tensor_type: 43,
  token_embedding_type: 43,
  allow_requantize: false,
  quantize_output_tensor: true,
  only_copy: false,
  pure: false,
  keep_split: false,
  dry_run: false,
  imatrix: null,
  kv_overrides: null,
  tt_overrides: null,
  prune_layers: null,
  max_buf_size: 8_589_934_592,
} as const;

const MODEL = {
  split_mode: 1,
  load_mode: -1,
  lazy_mode: 1,
  main_gpu: 0,
  tensor_split: null,
  progress_callback: null,
  progress_callback_user_data: null,
  kv_overrides: null,
  vocab_only: false,
  check_tensors: false,
  use_extra_bufts: true,
  no_host: false,
  no_alloc: false,
  load_mtp: false,
} as const;

const CONTEXT = {
  n_ctx: 512,
  n_batch: 2048,
  n_ubatch: 512,
  n_seq_max: 1,
  n_rs_seq: 0,
  n_outputs_max: 0,
  n_outputs_max_per_seq: 1,
  n_threads: 4,
  n_threads_batch: 4,
  ctx_type: 0,
  rope_scaling_type: -1,
  pooling_type: -1,
  attention_type: -1,
  flash_attn_type: -1,
  yarn_ext_factor: -1,
  yarn_attn_factor: -1,
  yarn_beta_fast: -1,
  yarn_beta_slow: -1,
  defrag_thold: -1,
  cb_eval: null,
  type_k: 1,
  type_v: 1,
  abort_callback: null,
  embeddings: false,
  offload_kqv: true,
  no_perf: true,
  op_offload: true,
  swa_full: true,
  kv_unified: false,
  samplers: null,
  n_samplers: 0,
  ctx_other: null,
} as const;

/** The defaults that the pinned build answers, by struct. */
export const KNOWN_DEFAULTS: Readonly<Record<'quantize' | 'model' | 'context', Readonly<Record<string, unknown>>>> = {
  quantize: QUANTIZE,
  model: MODEL,
  context: CONTEXT,
};

/**
 * Holds what a library answered against what the pinned build answers. A struct whose layout moved shows
 * here as a wrong value, before anything is called with it.
 * @throws EngineMismatchError naming the first field that differs.
 */
export function checkDefaults(struct: keyof typeof KNOWN_DEFAULTS, answered: Readonly<Record<string, unknown>>): void {
  for (const [field, expected] of Object.entries(KNOWN_DEFAULTS[struct])) {
    const actual = answered[field];
    if ((typeof actual === 'bigint' ? Number(actual) : actual) !== expected) {
      throw new EngineMismatchError(
        `The engine's ${struct} parameter ${field} defaults to ${String(actual)}, not ${String(expected)}: ` +
          'it is another build than the one that is known.',
        { hint: INSTALL_HINT },
      );
    }
  }
}
