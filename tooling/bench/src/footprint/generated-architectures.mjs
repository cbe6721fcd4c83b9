import { gguf } from '@huggingface/gguf';
import { writeRandomModel } from '../quality/generated-model.mjs';
import {
  attention,
  experts,
  feedForward,
  headNorms,
  keyLengths,
  kept,
  llama,
  llamaBlock,
  matrix,
  mamba2,
  mamba2Metadata,
  model,
  norms,
  vector,
} from './zoo/blocks.mjs';

const WIDTH = 384;
const HEADS = { heads: 6, kvHeads: 2, head: 64 };
const usual = (vocabulary, more = {}) => ({
  ...{ layers: 6, width: WIDTH, ...HEADS, ffn: 1152, vocabulary, context: 4096 },
  ...more,
});
const HYBRID_STATE = { inner: 768, state: 128, groups: 1, ssmHeads: 12 };
/** Enough that weights are most of the model, as they are of real ones. */
const HYBRID_LAYERS = 24;
const isAttention = (index) => index % 3 === 2;

/** Small models that the engine loads, by name, for a size of vocabulary. */
const ARCHITECTURES = {
  llama: (vocabulary) => llama('llama', usual(vocabulary), {}),
  // Five layers of six see a window only.
  gemma3: (vocabulary) =>
    model(
      'gemma3',
      'gemma3',
      usual(vocabulary, { tied: true }),
      { ...keyLengths(64), 'attention.sliding_window': 256 },
      (b, p) => [
        ...llamaBlock(b, p),
        ...headNorms(b, p),
        vector(`${b}.post_attention_norm`, p.width),
        vector(`${b}.post_ffw_norm`, p.width),
      ],
    ),
  qwen3moe: (vocabulary) =>
    model(
      'qwen3moe',
      'qwen3moe',
      usual(vocabulary, { expertFfn: 256, experts: 16 }),
      { ...keyLengths(64), expert_count: 16, expert_used_count: 4, expert_feed_forward_length: 256 },
      (b, p) => [...norms(b, p), ...attention(b, p), ...headNorms(b, p), ...experts(b, p)],
    ),
  // Mamba 2, with attention in every third layer.
  granitehybrid: (vocabulary) =>
    model(
      'granitehybrid',
      'granitehybrid',
      usual(vocabulary, {
        layers: HYBRID_LAYERS,
        kvHeads: Array.from({ length: HYBRID_LAYERS }, (_, index) => (isAttention(index) ? 2 : 0)),
        tied: true,
        ...HYBRID_STATE,
      }),
      { 'rope.dimension_count': 64, 'rope.scaling.finetuned': false, ...mamba2Metadata(HYBRID_STATE) },
      (b, p, index) => [
        ...norms(b, p),
        ...(isAttention(index) ? attention(b, { ...p, kvHeads: 2 }) : mamba2(b, p)),
        ...feedForward(b, p),
      ],
    ),
  // The last layer predicts (MTP) for the others.
  mimo2: (vocabulary) => {
    const shape = usual(vocabulary, { layers: 7, kvHeads: 6 });
    return model(
      'mimo2',
      'mimo2',
      shape,
      {
        ...keyLengths(64),
        'attention.sliding_window': 4096,
        'attention.sliding_window_pattern': [0, 1, 1, 1, 1, 1, 1],
        expert_feed_forward_length: 1152,
        nextn_predict_layers: 1,
        'rope.dimension_count': 64,
      },
      (b, p, index) => [
        ...norms(b, p),
        matrix(`${b}.attn_qkv`, p.width, 3 * p.width),
        matrix(`${b}.attn_output`, p.width, p.width),
        ...feedForward(b, p),
        ...(index < p.layers - 1
          ? []
          : [
              kept(`${b}.nextn.eh_proj`, 2 * p.width, p.width),
              vector(`${b}.nextn.enorm`, p.width),
              vector(`${b}.nextn.hnorm`, p.width),
            ]),
      ],
    );
  },
};

/** Names of those that keep their context each in a way of its own. */
export const GENERATED_ARCHITECTURES = ['llama', 'gemma3', 'qwen3moe', 'granitehybrid'];

/** Writes a model of one of these architectures, or of `mimo2`, whose last layer predicts (MTP), with random F16 weights and the tokenizer of another model. */
export async function writeGenerated(file, name, { tokenizerOf }) {
  const { metadata } = await gguf(tokenizerOf, { allowLocalFile: true });
  const { metadata: own, tensors } = ARCHITECTURES[name](metadata['tokenizer.ggml.tokens'].length);
  await writeRandomModel(file, {
    tokenizer: metadata,
    metadata: { ...own, 'general.name': `Random ${name}` },
    tensors: tensors.map(({ name: tensor, shape, fixed }) => ({ name: tensor, shape, type: fixed ? 'F32' : 'F16' })),
  });
}
