import type { Entry, TransformerShape } from '../../model/__fixtures__/transformer-header.js';
import {
  attention,
  attentionBias,
  experts,
  headNorms,
  keys,
  matrix,
  mixture,
  network,
  norms,
  postNorms,
  usual,
  vector,
  vectorOf,
  wholeNorms,
} from './blocks.js';

type Block = (shape: TransformerShape, layer: number) => readonly Entry[];

const SIGMOID = { expert_gating_func: 2, expert_weights_norm: true, expert_weights_scale: 2.5 } as const;
const DENSE_FIRST = { leading_dense_block_count: 1, expert_shared_count: 2 } as const;
const PREFERRED = vectorOf('exp_probs_b.bias', mixture.experts.count);
/** Parts of a head that are rotated by time, height and width. */
const SECTIONS = {
  'rope.dimension_sections': { kind: 'array', elementType: 'number', length: 4, values: [16, 8, 8, 0] },
} as const;

const dense = ({ width, ffn }: TransformerShape): readonly Entry[] => network(width, ffn);
/** A dense network in the first layer, experts and one that all tokens share in all others. */
const networks: Block = (shape, layer) =>
  layer < 1 ? dense(shape) : [...experts(shape), PREFERRED, ...network(shape.width, 2 * shape.ffn, '_shexp')];
const secondNorm = ({ width }: TransformerShape): readonly Entry[] => [
  vector('attn_norm', width),
  vector('post_attention_norm', width),
];

const cohere: Block = (shape) => [vector('attn_norm', shape.width), ...attention(shape), ...dense(shape)];
const glm: Block = (shape) => [
  ...norms(shape),
  ...attention(shape),
  ...postNorms(shape),
  matrix('ffn_up', shape.width, 2 * shape.ffn),
  matrix('ffn_down', shape.ffn, shape.width),
];

/** Small models of more families that vary others. */
export const SMALL_FURTHER_VARIATIONS = {
  cohere2: {
    ...{ ...usual, architecture: 'cohere2', tied: true, block: cohere },
    metadata: keys('cohere2', {
      ...{ 'attention.sliding_window': 512, 'attention.layer_norm_epsilon': 0.00001, logit_scale: 0.25 },
    }),
  },
  // Deep enough that not all of its layers are built.
  commandR: {
    ...{ ...usual, architecture: 'command-r', layers: 40, tied: true, block: cohere },
    metadata: keys('command-r', { 'attention.layer_norm_epsilon': 0.00001, logit_scale: 0.0625 }),
  },
  'ernie4_5-moe': {
    ...{ ...mixture, architecture: 'ernie4_5-moe' },
    metadata: keys('ernie4_5-moe', {
      ...{ ...DENSE_FIRST, interleave_moe_layer_step: 1, expert_shared_feed_forward_length: 576 },
    }),
    block: (shape, layer) => [...norms(shape), ...attention(shape), ...networks(shape, layer)],
  },
  exaone4: {
    ...{ ...usual, architecture: 'exaone4', tied: true },
    block: (shape) => [...attention(shape), ...headNorms(shape), ...dense(shape), ...postNorms(shape)],
  },
  gemma: { ...usual, architecture: 'gemma', tied: true },
  glm4: { ...usual, architecture: 'glm4', block: glm, metadata: keys('glm4', { 'rope.dimension_count': 32 }) },
  glm4moe: {
    ...{ ...mixture, architecture: 'glm4moe', metadata: keys('glm4moe', { ...SIGMOID, ...DENSE_FIRST }) },
    block: (shape, layer) => [
      ...secondNorm(shape),
      ...attention(shape),
      ...attentionBias(shape),
      ...networks(shape, layer),
    ],
  },
  'hunyuan-dense': { ...usual, architecture: 'hunyuan-dense', tied: true, headNorms: true },
  'minimax-m2': {
    ...{ ...mixture, architecture: 'minimax-m2', metadata: keys('minimax-m2', { expert_gating_func: 2 }) },
    block: (shape) => [...norms(shape), ...attention(shape), ...wholeNorms(shape), ...experts(shape), PREFERRED],
  },
  // Every second layer has experts, of which each token has one.
  llama4: {
    ...{ ...usual, architecture: 'llama4', experts: { ...mixture.experts, used: 1 } },
    metadata: keys('llama4', { interleave_moe_layer_step: 2 }),
    block: (shape, layer) => [
      ...norms(shape),
      ...attention(shape),
      ...(layer % 2 === 0
        ? dense(shape)
        : [...experts({ ...shape, ffn: mixture.ffn }), ...network(shape.width, mixture.ffn, '_shexp')]),
    ],
  },
  mistral3: {
    ...{ ...usual, architecture: 'mistral3', metadata: keys('mistral3', { 'attention.temperature_scale': 0.1 }) },
  },
  qwen2vl: { ...usual, architecture: 'qwen2vl', attentionBias: true, metadata: keys('qwen2vl', SECTIONS) },
  qwen3vl: {
    ...{ ...usual, architecture: 'qwen3vl', headNorms: true, tied: true },
    metadata: keys('qwen3vl', { ...SECTIONS, n_deepstack_layers: 3 }),
  },
  seed_oss: {
    ...{ ...usual, architecture: 'seed_oss' },
    block: (shape) => [...secondNorm(shape), ...attention(shape), ...attentionBias(shape), ...dense(shape)],
  },
  starcoder2: {
    ...{ ...usual, architecture: 'starcoder2', more: [vectorOf('output_norm.bias', usual.width)] },
    metadata: keys('starcoder2', { 'attention.layer_norm_epsilon': 0.00001 }),
    block: (shape) => [
      ...norms(shape),
      vectorOf('attn_norm.bias', shape.width),
      vectorOf('ffn_norm.bias', shape.width),
      ...attention(shape),
      ...attentionBias(shape),
      vectorOf('attn_output.bias', shape.width),
      matrix('ffn_up', shape.width, shape.ffn),
      vectorOf('ffn_up.bias', shape.ffn),
      matrix('ffn_down', shape.ffn, shape.width),
      vectorOf('ffn_down.bias', shape.width),
    ],
  },
  stablelm: {
    ...{ ...usual, architecture: 'stablelm', more: [vectorOf('output_norm.bias', usual.width)] },
    metadata: keys('stablelm', { 'attention.layer_norm_epsilon': 0.00001 }),
    block: (shape) => [
      ...norms(shape),
      vectorOf('attn_norm.bias', shape.width),
      vectorOf('ffn_norm.bias', shape.width),
      ...attention(shape),
      ...dense(shape),
    ],
  },
} as const satisfies Readonly<Record<string, TransformerShape>>;
