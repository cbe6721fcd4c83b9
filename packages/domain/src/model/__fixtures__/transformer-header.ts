import { tensorBytes } from '../../quantization/tensor-type.js';
import type { TensorType } from '../../quantization/tensor-type.js';
import type { MetadataValue, ModelHeader, TensorInfo } from '../model-header.js';

/** Hyper-parameters of a decoder-only transformer, named as in the fact sheet. */
export interface TransformerShape {
  readonly architecture: string;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headLength: number;
  readonly ffn: number;
  readonly vocabulary: number;
  readonly context: number;
  readonly tied?: boolean;
  readonly attentionBias?: boolean;
  readonly headNorms?: boolean;
  readonly postNorms?: boolean;
  /** Fused `attn_qkv` and double-width `ffn_up`, as in Phi-3. */
  readonly fused?: boolean;
  readonly experts?: { readonly count: number; readonly used: number; readonly ffn: number };
  readonly metadata?: Readonly<Record<string, MetadataValue>>;
  /** Tensors of one block, where they are not those of a plain transformer. */
  readonly block?: (shape: TransformerShape, layer: number) => readonly Entry[];
  /** Tensors beside those of blocks and both ends. */
  readonly more?: readonly Entry[];
}

const common = { headLength: 128, context: 131_072 } as const;

/** Shapes of the models that the fact sheet lists. Source: their published configurations. */
export const SHAPES = {
  llama31With8B: {
    ...common,
    architecture: 'llama',
    layers: 32,
    width: 4096,
    heads: 32,
    kvHeads: 8,
    ffn: 14336,
    vocabulary: 128256,
  },
  llama33With70B: {
    ...common,
    architecture: 'llama',
    layers: 80,
    width: 8192,
    heads: 64,
    kvHeads: 8,
    ffn: 28672,
    vocabulary: 128256,
  },
  qwen25With7B: {
    ...common,
    architecture: 'qwen2',
    layers: 28,
    width: 3584,
    heads: 28,
    kvHeads: 4,
    ffn: 18944,
    vocabulary: 152064,
    attentionBias: true,
  },
  mistralV03: {
    ...common,
    architecture: 'llama',
    layers: 32,
    width: 4096,
    heads: 32,
    kvHeads: 8,
    ffn: 14336,
    vocabulary: 32768,
  },
  mistralSmall22B: {
    ...common,
    architecture: 'llama',
    layers: 56,
    width: 6144,
    heads: 48,
    kvHeads: 8,
    ffn: 16384,
    vocabulary: 32768,
  },
  phi3Mini: {
    ...common,
    architecture: 'phi3',
    layers: 32,
    width: 3072,
    heads: 32,
    kvHeads: 32,
    headLength: 96,
    ffn: 8192,
    vocabulary: 32064,
    fused: true,
  },
  qwen3With30BA3B: {
    ...common,
    architecture: 'qwen3moe',
    layers: 48,
    width: 2048,
    heads: 32,
    kvHeads: 4,
    ffn: 6144,
    vocabulary: 151936,
    headNorms: true,
    experts: { count: 128, used: 8, ffn: 768 },
  },
  mixtral8x7B: {
    ...common,
    architecture: 'llama',
    layers: 32,
    width: 4096,
    heads: 32,
    kvHeads: 8,
    ffn: 14336,
    vocabulary: 32000,
    experts: { count: 8, used: 2, ffn: 14336 },
  },
  gemma3With4B: {
    ...common,
    architecture: 'gemma3',
    layers: 34,
    width: 2560,
    heads: 8,
    kvHeads: 4,
    headLength: 256,
    ffn: 10240,
    vocabulary: 262144,
    tied: true,
    headNorms: true,
    postNorms: true,
    metadata: { 'gemma3.attention.sliding_window': 1024 },
  },
  fable5M: {
    ...common,
    architecture: 'llama',
    layers: 6,
    width: 256,
    heads: 8,
    kvHeads: 4,
    headLength: 32,
    ffn: 768,
    vocabulary: 4096,
    context: 256,
    tied: true,
  },
} as const satisfies Readonly<Record<string, TransformerShape>>;

/** A header as a converter would write it: matrices in `type`, vectors and routers in F32. */
export function transformerHeader(shape: TransformerShape, type: TensorType = 'F16'): ModelHeader {
  const a = shape.architecture;
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', a],
    ['general.quantization_version', 2],
    ['general.file_type', 1],
    [`${a}.block_count`, shape.layers],
    [`${a}.context_length`, shape.context],
    [`${a}.embedding_length`, shape.width],
    [`${a}.feed_forward_length`, shape.ffn],
    [`${a}.attention.head_count`, shape.heads],
    [`${a}.attention.head_count_kv`, shape.kvHeads],
    [`${a}.attention.key_length`, shape.headLength],
    [`${a}.attention.value_length`, shape.headLength],
    [`${a}.vocab_size`, shape.vocabulary],
    ...(shape.experts === undefined
      ? []
      : ([
          [`${a}.expert_count`, shape.experts.count],
          [`${a}.expert_used_count`, shape.experts.used],
          [`${a}.expert_feed_forward_length`, shape.experts.ffn],
        ] as const)),
    ...Object.entries(shape.metadata ?? {}),
  ]);
  let offset = 0;
  const tensors = transformerTensors(shape).map(([name, dimensions, isMatrix]): TensorInfo => {
    const stored = isMatrix ? type : 'F32';
    const bytes = tensorBytes(stored, dimensions);
    if (bytes === null) throw new Error(`${name} has no whole ${stored} blocks`);
    const info = { name, shape: dimensions, type: stored, typeId: 0, bytes, offset };
    offset += Math.ceil(bytes / 32) * 32;
    return info;
  });
  return { version: 3, architecture: a, metadata, tensors, headerBytes: 4096, fileBytes: 4096 + offset, parts: 1 };
}

/** A tensor's name within its block, its shape, and whether it is quantized. */
export type Entry = readonly [name: string, shape: readonly number[], isMatrix: boolean];

function transformerTensors(shape: TransformerShape): readonly Entry[] {
  const { width, vocabulary, tied = false } = shape;
  const entries: Entry[] = [
    ['token_embd.weight', [width, vocabulary], true],
    ['output_norm.weight', [width], false],
  ];
  if (!tied) entries.push(['output.weight', [width, vocabulary], true]);
  entries.push(...(shape.more ?? []));
  for (let layer = 0; layer < shape.layers; layer++) {
    entries.push(
      ...(shape.block ?? block)(shape, layer).map(([name, ...rest]): Entry => [
        `blk.${String(layer)}.${name}`,
        ...rest,
      ]),
    );
  }
  return entries;
}

function block(shape: TransformerShape): readonly Entry[] {
  const { width, heads, kvHeads, headLength, ffn, experts } = shape;
  const query = heads * headLength;
  const keyValue = kvHeads * headLength;
  const entries: Entry[] = [
    ['attn_norm.weight', [width], false],
    ['ffn_norm.weight', [width], false],
    ['attn_output.weight', [query, width], true],
  ];
  if (shape.fused === true) {
    entries.push(
      ['attn_qkv.weight', [width, query + 2 * keyValue], true],
      ['ffn_up.weight', [width, 2 * ffn], true],
      ['ffn_down.weight', [ffn, width], true],
    );
    return entries;
  }
  entries.push(
    ['attn_q.weight', [width, query], true],
    ['attn_k.weight', [width, keyValue], true],
    ['attn_v.weight', [width, keyValue], true],
  );
  if (shape.attentionBias === true) {
    entries.push(
      ['attn_q.bias', [query], false],
      ['attn_k.bias', [keyValue], false],
      ['attn_v.bias', [keyValue], false],
    );
  }
  if (shape.headNorms === true) {
    entries.push(['attn_q_norm.weight', [headLength], false], ['attn_k_norm.weight', [headLength], false]);
  }
  if (shape.postNorms === true) {
    entries.push(['post_attention_norm.weight', [width], false], ['post_ffw_norm.weight', [width], false]);
  }
  if (experts === undefined) {
    entries.push(
      ['ffn_gate.weight', [width, ffn], true],
      ['ffn_up.weight', [width, ffn], true],
      ['ffn_down.weight', [ffn, width], true],
    );
  } else {
    entries.push(
      ['ffn_gate_inp.weight', [width, experts.count], false],
      ['ffn_gate_exps.weight', [width, experts.ffn, experts.count], true],
      ['ffn_up_exps.weight', [width, experts.ffn, experts.count], true],
      ['ffn_down_exps.weight', [experts.ffn, width, experts.count], true],
    );
  }
  return entries;
}
