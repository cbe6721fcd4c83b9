import type { MetadataValue } from '../../model/model-header.js';
import type { Entry, TransformerShape } from '../../model/__fixtures__/transformer-header.js';
import { experts, keys, matrix, mixture, network, usual, vector, vectorOf } from './blocks.js';

const PERIOD = 6;
const PER_LAYER = 64;
const seesAll = (layer: number): boolean => layer % PERIOD === PERIOD - 1;

const array = (layers: number, of: (layer: number) => number | boolean): MetadataValue => ({
  kind: 'array',
  elementType: typeof of(0) === 'number' ? 'number' : 'boolean',
  length: layers,
  values: Array.from({ length: layers }, (_, layer) => of(layer)),
});

interface Kind {
  readonly layers: number;
  /** Layers at the end that read what earlier ones cached. */
  readonly shared: number;
  readonly perLayer: number;
  readonly isMixture: boolean;
  /** Whether layers that see everything have values of their own. */
  readonly hasAllValues: boolean;
}

const { width, heads, kvHeads, headLength, ffn, vocabulary } = usual;

const block =
  ({ layers, shared, perLayer, isMixture, hasAllValues }: Kind) =>
  (_: TransformerShape, layer: number): readonly Entry[] => {
    const [head, count] = seesAll(layer) ? [2 * headLength, kvHeads / 2] : [headLength, kvHeads];
    const caches = layer < layers - shared;
    return [
      ...['attn_norm', 'post_attention_norm', 'ffn_norm', 'post_ffw_norm'].map((name) => vector(name, width)),
      matrix('attn_q', width, heads * head),
      vector('attn_q_norm', head),
      ...(caches ? [matrix('attn_k', width, count * head), vector('attn_k_norm', head)] : []),
      ...(caches && (hasAllValues || !seesAll(layer)) ? [matrix('attn_v', width, count * head)] : []),
      matrix('attn_output', heads * head, width),
      ...network(width, ffn),
      vector('layer_output_scale', 1),
      ...(isMixture ? mixtureBeside() : []),
      ...(perLayer > 0
        ? [matrix('inp_gate', width, perLayer), matrix('proj', perLayer, width), vector('post_norm', width)]
        : []),
    ];
  };

const mixtureBeside = (): readonly Entry[] => [
  ...experts({ ...mixture, architecture: 'gemma4' }),
  vectorOf('ffn_gate_inp.scale', width),
  vectorOf('ffn_down_exps.scale', mixture.experts.count),
  ...['post_ffw_norm_1', 'pre_ffw_norm_2', 'post_ffw_norm_2'].map((name) => vector(name, width)),
];

const shapeOf = (kind: Kind): TransformerShape => ({
  ...{ ...usual, architecture: 'gemma4', layers: kind.layers, tied: true, block: block(kind) },
  ...(kind.isMixture ? { experts: mixture.experts } : {}),
  more: [
    vectorOf('rope_freqs.weight', headLength),
    ...(kind.perLayer > 0
      ? [
          matrix('per_layer_token_embd', kind.perLayer * kind.layers, vocabulary),
          matrix('per_layer_model_proj', width, kind.perLayer * kind.layers),
          vector('per_layer_proj_norm', kind.perLayer),
        ]
      : []),
  ],
  metadata: keys('gemma4', {
    'attention.head_count_kv': array(kind.layers, (layer) => (seesAll(layer) ? kvHeads / 2 : kvHeads)),
    'attention.key_length': 2 * headLength,
    'attention.value_length': 2 * headLength,
    'attention.key_length_swa': headLength,
    'attention.value_length_swa': headLength,
    'attention.sliding_window': 512,
    'attention.sliding_window_pattern': array(kind.layers, (layer) => !seesAll(layer)),
    'attention.shared_kv_layers': kind.shared,
    'rope.dimension_count': 2 * headLength,
    'rope.dimension_count_swa': headLength,
    embedding_length_per_layer_input: kind.perLayer,
    final_logit_softcapping: 30,
  }),
});

/** Small models as Gemma 4's dense ones, its mixture, and those with embeddings for each layer and a shared cache. */
export const SMALL_GEMMA4 = {
  gemma4: shapeOf({ layers: PERIOD, shared: 0, perLayer: 0, isMixture: false, hasAllValues: false }),
  gemma4Experts: shapeOf({ layers: PERIOD, shared: 0, perLayer: 0, isMixture: true, hasAllValues: true }),
  gemma4PerLayer: shapeOf({
    ...{ layers: 2 * PERIOD, shared: PERIOD, perLayer: PER_LAYER, isMixture: false, hasAllValues: true },
  }),
  // Deep enough that not all of its layers are built.
  gemma4Deep: shapeOf({
    ...{ layers: 7 * PERIOD, shared: 3 * PERIOD, perLayer: PER_LAYER, isMixture: false, hasAllValues: true },
  }),
} as const satisfies Readonly<Record<string, TransformerShape>>;
