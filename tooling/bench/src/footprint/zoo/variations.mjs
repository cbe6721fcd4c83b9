import {
  COUNT,
  USED,
  attention,
  experts,
  feedForward,
  float,
  llamaBlock,
  model,
  norms,
  postNorms,
  rotates,
  sharedExpert,
  usual,
  vector,
  windows,
} from './blocks.mjs';

/** Experts that are as wide as the network is said to be. */
const withExperts = (p) => usual(p, { ffn: p.ffn / 4, expertFfn: p.ffn / 4, experts: COUNT });
const expertKeys = (p) => ({
  expert_count: COUNT,
  expert_used_count: USED,
  expert_feed_forward_length: p.expertFfn,
});

const scales = {
  'attention.scale': float(0.0078125),
  embedding_scale: float(12),
  residual_scale: float(0.22),
  logit_scale: float(16),
};

/** Llama with scales. */
const granite = (p) => model('granite', 'granite', usual(p, { tied: true }), { ...rotates(p), ...scales }, llamaBlock);

const graniteMoe = (sizes) => {
  const p = { ...withExperts(sizes), sharedFfn: sizes.ffn / 2 };
  const keys = { ...rotates(p), ...scales, ...expertKeys(p), expert_shared_feed_forward_length: p.sharedFfn };
  return model('granitemoe', 'granitemoe', p, keys, (b, q) => [
    ...norms(b, q),
    ...attention(b, q),
    ...experts(b, q),
    ...sharedExpert(b, q),
  ]);
};

/** Every fourth layer rotates nothing. */
const smollm3 = (p) => model('smollm3', 'smollm3', usual(p, { tied: true }), rotates(p), llamaBlock);

/** Norms of the queries of all heads together, and of the keys. */
const wholeNorms = (b, p) => [
  vector(`${b}.attn_q_norm`, p.heads * p.head),
  vector(`${b}.attn_k_norm`, p.kvHeads * p.head),
];

const olmoe = (sizes) => {
  const p = withExperts({ ...sizes, kvHeads: sizes.heads });
  return model('olmoe', 'olmoe', p, { ...rotates(p), ...expertKeys(p) }, (b, q) => [
    ...norms(b, q),
    ...attention(b, q),
    ...wholeNorms(b, q),
    ...experts(b, q),
  ]);
};

/** Norms behind attention and network alone. */

const olmo = (name, sizes, more) => {
  const p = usual({ ...sizes, kvHeads: sizes.heads });
  return model(name, 'olmo2', p, { ...rotates(p), ...more }, (b, q) => [
    ...attention(b, q),
    ...feedForward(b, q),
    ...wholeNorms(b, q),
    ...postNorms(b, q),
  ]);
};
const olmo2 = (sizes) => olmo('olmo2', sizes, {});

/** The same, but three layers of four see a window only. */
const olmo3 = (sizes) => olmo('olmo3', sizes, windows);

/** Transformers that are variations of others, in any size. */
export const VARIATIONS = {
  granite,
  granitemoe: graniteMoe,
  smollm3,
  olmoe,
  olmo2,
  olmo3,
};
