import {
  attention,
  bias,
  experts,
  feedForward,
  headNorms,
  keyLengths,
  kept,
  layerNormEpsilon,
  mamba1,
  mamba2,
  mamba2Metadata,
  matrix,
  model,
  norms,
  plain,
  sharedExpert,
  vector,
} from './blocks.mjs';

const LAYERS = 6;
const CONTEXT = 131_072;
const perLayer = (value) => Array.from({ length: LAYERS }, (_, index) => value(index));
const mixer = ({ inner, state, groups, ssmHeads }) => mamba2Metadata({ inner, state, groups, ssmHeads });

/** Mamba 2, with attention in every third layer, and a network in each. */
function granite(p, attends = (index) => index % 3 === 2, LAYERS = 6) {
  const perLayer = (value) => Array.from({ length: LAYERS }, (_, index) => value(index));
  return model(
    'granite',
    'granitehybrid',
    {
      ...p,
      layers: LAYERS,
      context: CONTEXT,
      tied: true,
      kvHeads: perLayer((index) => (attends(index) ? p.kvHeads : 0)),
    },
    { 'rope.dimension_count': p.head, 'rope.scaling.finetuned': p.rotates, ...keyLengths(p.head), ...mixer(p) },
    (b, q, index) => [
      ...norms(b, q),
      ...(attends(index) ? attention(b, { ...q, kvHeads: p.kvHeads }) : mamba2(b, q)),
      ...feedForward(b, q),
    ],
  );
}

/** Attention and Mamba 2 side by side, and a network, in every layer. */
const falcon = (p) =>
  model(
    'falcon',
    'falcon-h1',
    { ...p, layers: LAYERS, context: CONTEXT },
    { ...keyLengths(p.head), ...mixer(p) },
    (b, q) => [
      vector(`${b}.attn_norm`, q.width),
      plain(`${b}.ffn_norm`, q.width),
      ...attention(b, q),
      ...feedForward(b, q),
      ...mamba2(b, q),
    ],
  );

/** Layers of one kind each: Mamba 2, a network, attention. */
function nemotron(p) {
  const kinds = 'M-M*M-'.split('');
  const where = (kind, value) => kinds.map((found) => (found === kind ? value : 0));
  return model(
    'nemotron',
    'nemotron_h',
    { ...p, layers: LAYERS, context: CONTEXT, kvHeads: where('*', p.kvHeads), ffn: where('-', p.ffn) },
    { ...layerNormEpsilon, ...keyLengths(p.head), ...mixer(p) },
    (b, q, index) => [
      vector(`${b}.attn_norm`, q.width),
      ...(kinds[index] === 'M' ? mamba2(b, q) : []),
      ...(kinds[index] === '*' ? attention(b, { ...q, kvHeads: p.kvHeads }) : []),
      ...(kinds[index] === '-' ? [matrix(`${b}.ffn_up`, q.width, p.ffn), matrix(`${b}.ffn_down`, p.ffn, q.width)] : []),
    ],
  );
}

const withExperts = (p) => ({ ...p, experts: 16, expertFfn: p.ffn / 2, sharedFfn: p.ffn });
const expertKeys = (p, used) => ({
  expert_count: p.experts,
  expert_used_count: used,
  expert_feed_forward_length: p.expertFfn,
  expert_shared_feed_forward_length: p.sharedFfn,
});

/** Granite with experts, and one that every token has. */
function graniteExperts(sizes) {
  const p = withExperts(sizes);
  const attends = (index) => index % 3 === 2;
  return model(
    'granite-experts',
    'granitehybrid',
    {
      ...p,
      ffn: p.expertFfn,
      layers: LAYERS,
      context: CONTEXT,
      kvHeads: perLayer((index) => (attends(index) ? p.kvHeads : 0)),
    },
    {
      'rope.dimension_count': p.head,
      'rope.scaling.finetuned': p.rotates,
      embedding_scale: { type: 'float32', value: 12 },
      residual_scale: { type: 'float32', value: 0.22 },
      logit_scale: { type: 'float32', value: 16 },
      ...keyLengths(p.head),
      ...mixer(p),
      ...expertKeys(p, 4),
    },
    (b, q, index) => [
      ...norms(b, q),
      ...(attends(index) ? attention(b, { ...q, kvHeads: p.kvHeads }) : mamba2(b, q)),
      ...experts(b, q),
      ...sharedExpert(b, q),
    ],
  );
}

/** Nemotron with experts that have no gate, behind a narrower input. */
function nemotronExperts(sizes) {
  const p = withExperts(sizes);
  const kinds = 'ME*EME'.split('');
  const latent = p.width / 2;
  const where = (kind, value) => kinds.map((found) => (found === kind ? value : 0));
  return model(
    'nemotron-experts',
    'nemotron_h_moe',
    { ...p, layers: LAYERS, context: CONTEXT, kvHeads: where('*', p.kvHeads), ffn: where('E', p.expertFfn) },
    {
      ...layerNormEpsilon,
      ...keyLengths(p.head),
      ...mixer(p),
      ...expertKeys(p, 4),
      expert_shared_count: 1,
      expert_weights_norm: true,
      expert_weights_scale: { type: 'float32', value: 2.5 },
      moe_latent_size: latent,
    },
    (b, q, index) => [
      vector(`${b}.attn_norm`, q.width),
      ...(kinds[index] === 'M' ? mamba2(b, q) : []),
      ...(kinds[index] === '*' ? attention(b, { ...q, kvHeads: p.kvHeads }) : []),
      ...(kinds[index] === 'E'
        ? [
            kept(`${b}.ffn_gate_inp`, q.width, q.experts),
            bias(`${b}.exp_probs_b`, q.experts),
            matrix(`${b}.ffn_latent_down`, q.width, latent),
            matrix(`${b}.ffn_latent_up`, latent, q.width),
            matrix(`${b}.ffn_up_exps`, latent, q.expertFfn, q.experts),
            matrix(`${b}.ffn_down_exps`, q.expertFfn, latent, q.experts),
            matrix(`${b}.ffn_up_shexp`, q.width, q.sharedFfn),
            matrix(`${b}.ffn_down_shexp`, q.sharedFfn, q.width),
          ]
        : []),
    ],
  );
}

/** Mamba, with attention in every third layer, and experts in every second. */
function jamba(sizes) {
  const p = { ...withExperts(sizes), state: 16, rank: 32 };
  const attends = (index) => index % 3 === 2;
  return model(
    'jamba',
    'jamba',
    {
      ...p,
      layers: LAYERS,
      context: CONTEXT,
      head: p.width / p.heads,
      kvHeads: perLayer((index) => (attends(index) ? p.kvHeads : 0)),
    },
    {
      'ssm.conv_kernel': 4,
      'ssm.inner_size': p.inner,
      'ssm.state_size': p.state,
      'ssm.time_step_rank': p.rank,
      expert_count: p.experts,
      expert_used_count: 2,
    },
    (b, q, index) => [
      ...norms(b, q),
      ...(attends(index)
        ? attention(b, { ...q, kvHeads: p.kvHeads })
        : [
            ...mamba1(b, q),
            vector(`${b}.ssm_dt_norm`, q.rank),
            vector(`${b}.ssm_b_norm`, q.state),
            vector(`${b}.ssm_c_norm`, q.state),
          ]),
      ...(index % 2 === 1 ? experts(b, { ...q, expertFfn: q.ffn }) : feedForward(b, q)),
    ],
  );
}

/** Gated delta nets, with gated attention in every fourth layer; dense, or with experts. */
function qwen(architecture, sizes) {
  const p = withExperts(sizes);
  const [keyHeads, valueHeads, length] = [p.inner / 256, p.inner / 128, 128];
  const channels = p.inner + 2 * keyHeads * length;
  const layers = 8;
  const isDense = architecture === 'qwen35';
  const isNext = architecture === 'qwen3next';
  return model(
    architecture,
    architecture,
    { ...p, layers, context: CONTEXT },
    {
      ...keyLengths(p.head),
      'rope.dimension_count': p.head / 2,
      ...(isNext ? {} : { 'rope.dimension_sections': [8, 8, 8, 8] }),
      'ssm.conv_kernel': 4,
      'ssm.inner_size': p.inner,
      'ssm.state_size': length,
      'ssm.time_step_rank': valueHeads,
      'ssm.group_count': keyHeads,
      ...(isDense ? {} : expertKeys(p, 4)),
    },
    (b, q, index) => [
      vector(`${b}.attn_norm`, q.width),
      vector(`${b}.post_attention_norm`, q.width),
      ...(index % 4 === 3
        ? [
            matrix(`${b}.attn_q`, q.width, 2 * q.heads * q.head),
            matrix(`${b}.attn_k`, q.width, q.kvHeads * q.head),
            matrix(`${b}.attn_v`, q.width, q.kvHeads * q.head),
            matrix(`${b}.attn_output`, q.heads * q.head, q.width),
            ...headNorms(b, q),
          ]
        : [
            matrix(`${b}.attn_qkv`, q.width, channels),
            matrix(`${b}.attn_gate`, q.width, q.inner),
            kept(`${b}.ssm_conv1d`, 4, channels),
            bias(`${b}.ssm_dt`, valueHeads),
            plain(`${b}.ssm_a`, valueHeads),
            ...(isNext
              ? [matrix(`${b}.ssm_ba`, q.width, 2 * valueHeads)]
              : [matrix(`${b}.ssm_beta`, q.width, valueHeads), matrix(`${b}.ssm_alpha`, q.width, valueHeads)]),
            vector(`${b}.ssm_norm`, length),
            matrix(`${b}.ssm_out`, q.inner, q.width),
          ]),
      ...(isDense
        ? feedForward(b, q)
        : [...experts(b, q), vector(`${b}.ffn_gate_inp_shexp`, q.width), ...sharedExpert(b, q)]),
    ],
  );
}

/** Short convolutions, with attention in every third layer; dense, or with experts behind two dense layers. */
function lfm(architecture, sizes) {
  const p = withExperts(sizes);
  const attends = (index) => index % 3 === 2;
  const lead = architecture === 'lfm2' ? LAYERS : 2;
  const made = model(
    architecture,
    architecture,
    {
      ...p,
      layers: LAYERS,
      context: CONTEXT,
      head: p.width / p.heads,
      kvHeads: perLayer((i) => (attends(i) ? p.kvHeads : 0)),
    },
    {
      'shortconv.l_cache': 3,
      ...(architecture === 'lfm2'
        ? {}
        : { ...expertKeys(p, 4), leading_dense_block_count: lead, expert_gating_func: 2 }),
    },
    (b, q, index) => [
      ...norms(b, q),
      ...(index < lead ? feedForward(b, q) : [...experts(b, q), bias(`${b}.exp_probs_b`, q.experts)]),
      ...(attends(index)
        ? [...attention(b, { ...q, kvHeads: p.kvHeads }), ...headNorms(b, q)]
        : [
            kept(`${b}.shortconv.conv`, 3, q.width),
            matrix(`${b}.shortconv.in_proj`, q.width, 3 * q.width),
            matrix(`${b}.shortconv.out_proj`, q.width, q.width),
          ]),
    ],
  );
  // Its final norm lies where other models keep the norm of the embeddings.
  const tensors = made.tensors.map((t) =>
    t.name === 'output_norm.weight' ? { ...t, name: 'token_embd_norm.weight' } : t,
  );
  return { ...made, tensors };
}

/** All ways to mix attention with recurrences, in any size. */
export const HYBRIDS = {
  granite,
  falcon,
  nemotron,
  'granite with experts': graniteExperts,
  'nemotron with experts': nemotronExperts,
  jamba,
  qwen3next: (sizes) => qwen('qwen3next', sizes),
  qwen35: (sizes) => qwen('qwen35', sizes),
  qwen35moe: (sizes) => qwen('qwen35moe', sizes),
  lfm2: (sizes) => lfm('lfm2', sizes),
  lfm2moe: (sizes) => lfm('lfm2moe', sizes),
};
