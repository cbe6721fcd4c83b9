import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { normalDeviate, seededRandom } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { createGguf, writeTerseModel } from '@plimsoll/testing';

const CONTEXT = 8192;
/** What stretches the sample model's 256 tokens over the prompt: NTK-aware scaling by 8, 10,000 × 8^(32/30). */
const FREQUENCY_BASE = 92_000;
/** Of the sample model: what an image becomes must be as wide as its tokens. */
const MODEL_WIDTH = 256;
const [WIDTH, FEED_FORWARD, IMAGE, PATCH, HEADS] = [32, 64, 56, 14, 2];
const ALIGNMENT = 32;

/** The names of the two files of a vision model. */
export interface VisionModelFiles {
  readonly model: string;
  readonly projector: string;
}

/**
 * Writes a vision model: the sample model, given a context that holds a picture, and a LLaVA projector of two small
 * layers with random weights. It sees colours and shapes as noise, but everything on the way to it is real.
 */
export async function writeVisionModel(folder: string, name: string): Promise<VisionModelFiles> {
  const files = {
    model: path.join(folder, `${name}-f16.gguf`),
    projector: path.join(folder, `mmproj-${name}-f16.gguf`),
  };
  await writeTerseModel(sampleModelPath(), files.model);
  const text = await readFile(files.model);
  // A value stands behind its key and four bytes of its type.
  const valueOf = (key: string): number => text.indexOf(key) + key.length + 4;
  text.writeUInt32LE(CONTEXT, valueOf('llama.context_length'));
  text.writeFloatLE(FREQUENCY_BASE, valueOf('llama.rope.freq_base'));
  await writeFile(files.model, text);
  await writeFile(files.projector, projector());
  return files;
}

function projector(): Uint8Array {
  const float = (values: readonly number[]): { type: 'float32'; value: readonly number[] } => ({
    type: 'float32',
    value: values,
  });
  const header = createGguf({
    metadata: {
      'general.architecture': 'clip',
      'general.name': 'random eyes',
      'general.file_type': 0,
      'clip.has_vision_encoder': true,
      'clip.projector_type': 'mlp',
      'clip.use_gelu': false,
      'clip.vision.image_size': IMAGE,
      'clip.vision.patch_size': PATCH,
      'clip.vision.embedding_length': WIDTH,
      'clip.vision.feed_forward_length': FEED_FORWARD,
      'clip.vision.projection_dim': MODEL_WIDTH,
      'clip.vision.block_count': 2,
      'clip.vision.attention.head_count': HEADS,
      'clip.vision.attention.layer_norm_epsilon': { type: 'float32', value: 1e-5 },
      'clip.vision.image_mean': float([0.5, 0.5, 0.5]),
      'clip.vision.image_std': float([0.5, 0.5, 0.5]),
    },
    tensors: TENSORS.map(([tensor, shape]) => ({ name: tensor, shape, type: 'F32' })),
  });
  const random = seededRandom(5);
  const data = TENSORS.map(([tensor, shape]) => {
    const elements = shape.reduce((product, length) => product * length, 1);
    const bytes = Buffer.alloc(Math.ceil((elements * 4) / ALIGNMENT) * ALIGNMENT);
    const scale = tensor.endsWith('bias') ? 0 : 0.1;
    const isNorm = /ln.*weight$/.test(tensor);
    for (let at = 0; at < elements; at += 1) bytes.writeFloatLE(isNorm ? 1 : scale * normalDeviate(random), at * 4);
    return bytes;
  });
  return Buffer.concat([header, ...data]);
}

type Tensor = readonly [name: string, shape: readonly number[]];

const linear = (name: string, input: number, output: number): readonly Tensor[] => [
  [`${name}.weight`, [input, output]],
  [`${name}.bias`, [output]],
];
const norm = (name: string): readonly Tensor[] => [
  [`${name}.weight`, [WIDTH]],
  [`${name}.bias`, [WIDTH]],
];
const layer = (number: number): readonly Tensor[] => [
  ...['attn_q', 'attn_k', 'attn_v', 'attn_out'].flatMap((part) => linear(`v.blk.${number}.${part}`, WIDTH, WIDTH)),
  ...['ln1', 'ln2'].flatMap((part) => norm(`v.blk.${number}.${part}`)),
  ...linear(`v.blk.${number}.ffn_up`, WIDTH, FEED_FORWARD),
  ...linear(`v.blk.${number}.ffn_down`, FEED_FORWARD, WIDTH),
];

const TENSORS: readonly Tensor[] = [
  ['v.class_embd', [WIDTH]],
  ['v.patch_embd.weight', [PATCH, PATCH, 3, WIDTH]],
  ['v.position_embd.weight', [WIDTH, (IMAGE / PATCH) ** 2 + 1]],
  ...norm('v.pre_ln'),
  ...layer(0),
  ...layer(1),
  ...linear('mm.0', WIDTH, MODEL_WIDTH),
  ...linear('mm.2', MODEL_WIDTH, MODEL_WIDTH),
];
