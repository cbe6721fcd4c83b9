import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidModelFileError } from '../errors/invalid-model-file-error.js';
import { UnsupportedModelError } from '../errors/unsupported-model-error.js';
import { isPlimsollError } from '../errors/plimsoll-error.js';
import { SHAPES, transformerHeader } from './__fixtures__/transformer-header.js';
import type { TransformerShape } from './__fixtures__/transformer-header.js';
import { architectureOf } from './architecture.js';
import type { MetadataValue, ModelHeader } from './model-header.js';

const withMetadata = (header: ModelHeader, changes: Readonly<Record<string, MetadataValue | null>>): ModelHeader => {
  const metadata = new Map(header.metadata);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) metadata.delete(key);
    else metadata.set(key, value);
  }
  return { ...header, metadata };
};
const llama = transformerHeader(SHAPES.llama31With8B);

describe('architectureOf', () => {
  it('reads a llama', () => {
    const architecture = architectureOf(llama);
    expect(architecture).toMatchObject({
      name: 'llama',
      known: true,
      family: 'transformer',
      layers: 32,
      width: 4096,
      vocabulary: 128256,
      contextTokens: 131072,
      tiedEmbeddings: false,
      experts: null,
      recurrent: null,
      latentAttention: false,
      notes: [],
    });
    expect(architecture.layerShapes[31]).toEqual({
      mixer: 'attention',
      heads: 32,
      kvHeads: 8,
      keyLength: 128,
      valueLength: 128,
      window: null,
      ownsCache: true,
      feedForward: 14336,
    });
    expect(architecture.parameters).toBe(8_030_261_248);
  });

  it('counts only the chosen experts as active', () => {
    const { parameters, activeParameters, experts } = architectureOf(transformerHeader(SHAPES.qwen3With30BA3B));
    expect(experts).toEqual({ count: 128, used: 8, feedForward: 768 });
    expect(Math.round(parameters / 1e8)).toBe(305);
    expect(activeParameters).toBeLessThan(3.4e9);
  });

  it('lays sliding windows on five layers of six', () => {
    const { layerShapes, tiedEmbeddings } = architectureOf(transformerHeader(SHAPES.gemma3With4B));
    expect(layerShapes.map(({ window }) => window).slice(0, 7)).toEqual([1024, 1024, 1024, 1024, 1024, null, 1024]);
    expect(tiedEmbeddings).toBe(true);
  });

  it('takes windows from the file when it lists them', () => {
    const values = Array.from({ length: 34 }, (_, index) => index === 0);
    const header = withMetadata(transformerHeader(SHAPES.gemma3With4B), {
      'gemma3.attention.sliding_window_pattern': { kind: 'array', elementType: 'boolean', length: 34, values },
    });
    expect(architectureOf(header).layerShapes.filter(({ window }) => window !== null)).toHaveLength(1);
  });

  it('takes windows of EXAONE 4 from its number of layers alone, as the engine does', () => {
    const windows = (layers: number) => {
      const metadata = { 'exaone4.attention.sliding_window': 512 };
      const shape: TransformerShape = { ...SHAPES.fable5M, architecture: 'exaone4', layers, metadata };
      return architectureOf(transformerHeader(shape)).layerShapes.map(({ window }) => window);
    };
    expect(windows(30)).toEqual(Array.from({ length: 30 }, () => null));
    expect(windows(64).slice(0, 4)).toEqual([512, 512, 512, null]);
  });

  it('falls back with a note where a value can be found elsewhere', () => {
    const header = withMetadata(llama, {
      'llama.block_count': null,
      'llama.embedding_length': null,
      'llama.context_length': null,
      'llama.vocab_size': 100,
    });
    const architecture = architectureOf(header);
    expect(architecture).toMatchObject({ layers: 32, width: 4096, vocabulary: 128256, contextTokens: null });
    expect(architecture.notes).toHaveLength(4);
  });

  it('says that it does not know an architecture', () => {
    const shape: TransformerShape = { ...SHAPES.fable5M, architecture: 'newcomer' };
    const architecture = architectureOf(transformerHeader(shape));
    expect(architecture.known).toBe(false);
    expect(architecture.notes.join()).toContain('newcomer');
  });

  it.each([
    ['no heads', { 'llama.attention.head_count': 0 }],
    ['heads that key/value heads do not divide', { 'llama.attention.head_count_kv': 5 }],
    ['heads that contradict the tensors', { 'llama.attention.head_count_kv': 4 }],
    ['fewer layers than tensors', { 'llama.block_count': 16 }],
    ['no layers', { 'llama.block_count': 0 }],
    ['an absurd number of layers', { 'llama.block_count': 4_000_000_000 }],
    ['an absurd context', { 'llama.context_length': 2 ** 63 }],
    ['a context of nothing', { 'llama.context_length': 0 }],
    ['a width that contradicts the embedding', { 'llama.embedding_length': 4095 }],
    ['a fractional width', { 'llama.embedding_length': 4096.5 }],
    ['a negative head length', { 'llama.attention.key_length': -128 }],
    ['text for a number', { 'llama.attention.head_count': 'many' }],
    ['more experts used than there are', { 'llama.expert_count': 4, 'llama.expert_used_count': 8 }],
    ['nothing but prediction layers', { 'llama.nextn_predict_layers': 32 }],
  ] as const)('refuses %s', (_, changes) => {
    expect(() => architectureOf(withMetadata(llama, changes))).toThrow(InvalidModelFileError);
  });

  it('refuses a projector', () => {
    expect(() => architectureOf({ ...llama, architecture: 'clip' })).toThrow(UnsupportedModelError);
  });

  it('never yields a number that is none, whatever the metadata', () => {
    const keys = [...llama.metadata.keys()].filter((key) => key.startsWith('llama.'));
    const extra = ['llama.expert_count', 'llama.expert_used_count', 'llama.nextn_predict_layers'];
    const value = fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.bigInt(), fc.string(), fc.constant(null));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys, ...extra), value, { maxKeys: 3 }), (changes) => {
        try {
          const text = JSON.stringify(architectureOf(withMetadata(llama, changes)), (_, item: unknown) =>
            typeof item === 'number' && !Number.isFinite(item) ? 'not finite' : item,
          );
          expect(text).not.toContain('not finite');
        } catch (error) {
          expect(isPlimsollError(error)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
