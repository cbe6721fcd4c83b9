import {
  COUNT,
  USED,
  attention,
  attentionBias,
  bias,
  experts,
  headNorms,
  llamaBlock,
  matrix,
  model,
  norms,
  plain,
  rotates,
  sharedExpert,
  usual,
  vector,
  windows,
} from './blocks.mjs';
import { FURTHER_VARIATIONS } from './further-variations.mjs';
import { GEMMA4 } from './gemma4.mjs';
import { LATENT } from './latent.mjs';
import { VARIATIONS } from './variations.mjs';

const withExperts = (p) => usual(p, { experts: COUNT, expertFfn: p.ffn / 4, sharedFfn: p.ffn / 2 });
const expertKeys = ({ expertFfn, sharedFfn }) => ({
  expert_count: COUNT,
  expert_used_count: USED,
  expert_feed_forward_length: expertFfn,
  ...(sharedFfn === undefined ? {} : { expert_shared_feed_forward_length: sharedFfn }),
});

const llama = (p) => model('llama', 'llama', usual(p), rotates(p), llamaBlock);

/** As Llama 3.1 does, with factors of the rotation that all layers share; and one matrix for both ends. */
function llamaWithFactors(p) {
  const made = model('llama-factors', 'llama', usual(p, { tied: true }), rotates(p), llamaBlock);
  return { ...made, tensors: [...made.tensors, plain('rope_freqs.weight', p.head / 2)] };
}

const mixtral = (sizes) => {
  const p = usual(sizes, { experts: 8, expertFfn: sizes.ffn });
  return model('mixtral', 'llama', p, { ...rotates(p), expert_count: 8, expert_used_count: 2 }, (b, q) => [
    ...norms(b, q),
    ...attention(b, q),
    ...experts(b, q),
  ]);
};

const qwen2 = (p) =>
  model('qwen2', 'qwen2', usual(p), rotates(p), (b, q) => [...llamaBlock(b, q), ...attentionBias(b, q)]);

const qwen3 = (p) =>
  model('qwen3', 'qwen3', usual(p, { tied: true }), rotates(p), (b, q) => [...llamaBlock(b, q), ...headNorms(b, q)]);

const qwen3moe = (sizes) => {
  const { sharedFfn: _, ...p } = withExperts(sizes);
  return model('qwen3moe', 'qwen3moe', p, { ...rotates(p), ...expertKeys(p) }, (b, q) => [
    ...norms(b, q),
    ...attention(b, q),
    ...headNorms(b, q),
    ...experts(b, q),
  ]);
};

const qwen2moe = (sizes) => {
  const p = withExperts(sizes);
  return model('qwen2moe', 'qwen2moe', p, { ...rotates(p), ...expertKeys(p) }, (b, q) => [
    ...norms(b, q),
    ...attention(b, q),
    ...attentionBias(b, q),
    ...experts(b, q),
    ...sharedExpert(b, q),
    vector(`${b}.ffn_gate_inp_shexp`, q.width),
  ]);
};

const gemmaBlock = (b, q) => [
  ...llamaBlock(b, q),
  vector(`${b}.post_attention_norm`, q.width),
  vector(`${b}.post_ffw_norm`, q.width),
];

/** Every second layer sees a window only; scores and logits have soft caps. */
const gemma2 = (p) =>
  model(
    'gemma2',
    'gemma2',
    usual(p, { tied: true }),
    {
      ...rotates(p),
      ...windows,
      attn_logit_softcapping: { type: 'float32', value: 50 },
      final_logit_softcapping: { type: 'float32', value: 30 },
    },
    gemmaBlock,
  );

/** Five layers of six see a window only. */
const gemma3 = (p) =>
  model('gemma3', 'gemma3', usual(p, { tied: true }), { ...rotates(p), ...windows }, (b, q) => [
    ...gemmaBlock(b, q),
    ...headNorms(b, q),
  ]);

/** Every second layer sees a window only; experts and attention have biases, and the attention sinks. */
const gptOss = (sizes) => {
  const { sharedFfn: _, ...p } = withExperts(sizes);
  return model('gpt-oss', 'gpt-oss', p, { ...rotates(p), ...windows, ...expertKeys(p) }, (b, q) => [
    vector(`${b}.attn_norm`, q.width),
    vector(`${b}.post_attention_norm`, q.width),
    ...attention(b, q),
    ...attentionBias(b, q),
    bias(`${b}.attn_output`, q.width),
    vector(`${b}.attn_sinks`, q.heads),
    ...experts(b, q),
    bias(`${b}.ffn_gate_inp`, q.experts),
    bias(`${b}.ffn_gate_exps`, q.expertFfn, q.experts),
    bias(`${b}.ffn_up_exps`, q.expertFfn, q.experts),
    bias(`${b}.ffn_down_exps`, q.width, q.experts),
  ]);
};

/** Queries, keys and values of one matrix; gate and values of another. */
const phi3 = (p) =>
  model('phi3', 'phi3', usual(p), { ...rotates(p), 'rope.scaling.original_context_length': 4096 }, (b, q) => [
    ...norms(b, q),
    matrix(`${b}.attn_qkv`, q.width, (q.heads + 2 * q.kvHeads) * q.head),
    matrix(`${b}.attn_output`, q.heads * q.head, q.width),
    matrix(`${b}.ffn_up`, q.width, 2 * q.ffn),
    matrix(`${b}.ffn_down`, q.ffn, q.width),
  ]);

/** Transformers, dense and with experts, in any size. */
export const TRANSFORMERS = {
  llama,
  'llama with factors': llamaWithFactors,
  mixtral,
  qwen2,
  qwen3,
  qwen3moe,
  qwen2moe,
  gemma2,
  gemma3,
  'gpt-oss': gptOss,
  phi3,
  ...LATENT,
  ...VARIATIONS,
  ...FURTHER_VARIATIONS,
  ...GEMMA4,
};

/** Those of them that put together what others are made of. */
export const VARIED = new Set(Object.keys({ ...VARIATIONS, ...FURTHER_VARIATIONS }));
