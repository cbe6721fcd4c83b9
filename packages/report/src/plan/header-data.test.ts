import { createFootprintModel } from '@plimsoll/domain';
import type { MetadataValue, ModelHeader, RunShape } from '@plimsoll/domain';
import { expect, test } from 'vitest';
import { SHAPES, transformerHeader } from '../../../domain/src/model/__fixtures__/transformer-header.js';
import { reducedHeader, revivedHeader } from './header-data.js';

const throughJson = (header: ModelHeader): ModelHeader =>
  revivedHeader(JSON.parse(JSON.stringify(reducedHeader(header))) as ReturnType<typeof reducedHeader>);

const shape: RunShape = {
  contextTokens: 8192,
  parallel: 2,
  microBatchTokens: 512,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  flashAttention: 'auto',
  placement: { gpuLayers: 7, split: [1], expertLayersOnHost: 0 },
};

test.each(Object.entries(SHAPES))('%s takes the same bytes in the page as here', (_, modelShape) => {
  const header = transformerHeader(modelShape);
  const here = createFootprintModel(header);
  const there = createFootprintModel(throughJson(header));
  expect(there.architecture).toEqual(here.architecture);
  for (const weights of ['file', 'Q8_0', 'Q4_0'] as const) {
    expect(there.footprint(weights, shape)).toEqual(here.footprint(weights, shape));
  }
});

test('of the vocabulary only its size goes into the page, of the template nothing', () => {
  const tokens = Array.from({ length: 128256 }, (_, index) => `token ${String(index)}`);
  const header = transformerHeader(SHAPES.llama31With8B);
  const metadata = new Map<string, MetadataValue>([
    ...header.metadata,
    ['tokenizer.ggml.tokens', { kind: 'array', elementType: 'string', length: tokens.length, values: tokens }],
    ['tokenizer.chat_template', '{% for message in messages %}'],
  ]);
  const reduced = reducedHeader({ ...header, metadata });
  expect(JSON.stringify(reduced)).not.toContain('token 7');
  expect(JSON.stringify(reduced)).not.toContain('chat_template');
  expect(new Map(reduced.metadata).get('tokenizer.ggml.tokens')).toMatchObject({ length: 128256 });
});

test('64-bit integers and numbers that JSON lacks do not stop the page', () => {
  const header = transformerHeader(SHAPES.llama31With8B);
  const metadata = new Map<string, MetadataValue>([
    ...header.metadata,
    ['llama.context_length', 131072n],
    ['llama.rope.scale', Number.POSITIVE_INFINITY],
    ['llama.rope.sections', { kind: 'array', elementType: 'bigint', length: 2, values: [1n, 2n] }],
  ]);
  const revived = throughJson({ ...header, metadata });
  expect(createFootprintModel(revived).architecture.contextTokens).toBe(131072);
  expect(revived.metadata.has('llama.rope.scale')).toBe(false);
  expect(revived.metadata.get('llama.rope.sections')).toMatchObject({ elementType: 'number', values: [1, 2] });
});
