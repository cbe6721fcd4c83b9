import type { Entry, TransformerShape } from '../../model/__fixtures__/transformer-header.js';
import { attention, experts, keys, mixture, network, norms, postNorms, usual, wholeNorms } from './blocks.js';

const SCALES = { 'attention.scale': 0.0078125, embedding_scale: 12, residual_scale: 0.22, logit_scale: 16 } as const;

const olmo = (shape: TransformerShape): readonly Entry[] => [
  ...attention(shape),
  ...wholeNorms(shape),
  ...network(shape.width, shape.ffn),
  ...postNorms(shape),
];

/** Small models of families that vary others. */
export const SMALL_VARIATIONS = {
  granite: { ...usual, architecture: 'granite', tied: true, metadata: keys('granite', SCALES) },
  granitemoe: {
    ...{ ...mixture, architecture: 'granitemoe' },
    metadata: keys('granitemoe', { ...SCALES, expert_shared_feed_forward_length: 576 }),
    block: (shape: TransformerShape) => [
      ...norms(shape),
      ...attention(shape),
      ...experts(shape),
      ...network(shape.width, 576, '_shexp'),
    ],
  },
  smollm3: { ...usual, architecture: 'smollm3', tied: true },
  olmoe: {
    ...{ ...mixture, architecture: 'olmoe', kvHeads: usual.heads },
    block: (shape: TransformerShape) => [...norms(shape), ...attention(shape), ...wholeNorms(shape), ...experts(shape)],
  },
  olmo2: { ...usual, architecture: 'olmo2', kvHeads: usual.heads, block: olmo },
  olmo3: {
    ...{ ...usual, architecture: 'olmo2', kvHeads: usual.heads, block: olmo },
    metadata: keys('olmo2', { 'attention.sliding_window': 512 }),
  },
} as const satisfies Readonly<Record<string, TransformerShape>>;
