import {
  attention,
  feedForward,
  keyLengths,
  layerNormEpsilon,
  mamba2,
  mamba2Metadata,
  matrix,
  model,
  norms,
  plain,
  vector,
} from './blocks.mjs';

const LAYERS = 6;
const CONTEXT = 131_072;
const perLayer = (value) => Array.from({ length: LAYERS }, (_, index) => value(index));
const mixer = ({ inner, state, groups, ssmHeads }) => mamba2Metadata({ inner, state, groups, ssmHeads });

/** Mamba 2, with attention in every third layer, and a network in each. */
function granite(p) {
  const attends = (index) => index % 3 === 2;
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

/** The three ways to mix attention with Mamba 2, in any size. */
export const HYBRIDS = { granite, falcon, nemotron };
