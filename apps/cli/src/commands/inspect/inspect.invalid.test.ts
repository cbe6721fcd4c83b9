import { inspectDocument } from '@plimsoll/contract';
import { invalidParameters, type MetadataValue, type ModelHeader } from '@plimsoll/domain';
import { describe, expect, it } from 'vitest';
import { PLAIN } from '../../output/style.js';
import { renderInspection } from './inspect.render.js';

const header = (metadata: Readonly<Record<string, MetadataValue>>): ModelHeader => ({
  version: 3,
  architecture: 'llama',
  metadata: new Map(Object.entries(metadata)),
  tensors: [],
  parts: 1,
  headerBytes: 100,
  fileBytes: 100,
});

const shown = (metadata: Readonly<Record<string, MetadataValue>>): string => {
  const inspected = { header: header(metadata), origin: 'm.gguf', path: null, digest: null, fetchedBytes: 0 };
  const document = inspectDocument(inspected, { tensors: false, metadata: false });
  return renderInspection(document, invalidParameters(inspected.header), PLAIN, null);
};

describe('hyper-parameters that no model can have', () => {
  it.each<[string, MetadataValue, RegExp]>([
    ['block_count', -5, /layers +-5, invalid/],
    ['block_count', 4_294_967_295, /layers +4294967295, invalid/],
    ['context_length', 0, /context +0, invalid/],
    ['context_length', Number.NaN, /context +NaN, invalid/],
    ['embedding_length', 'wide', /embedding +wide, invalid/],
    ['attention.head_count', 1.5, /heads +1\.5, invalid/],
    ['expert_count', 2n ** 63n, /experts +9223372036854775808, invalid/],
  ])('are shown as they stand in the file, and as invalid: %s %s', (key, value, line) => {
    expect(shown({ [`llama.${key}`]: value })).toMatch(line);
  });

  it('are told from possible ones', () => {
    const text = shown({ 'llama.block_count': 32, 'llama.context_length': 131_072n, 'llama.expert_count': 0 });
    expect(text).not.toContain('invalid');
    expect(text).toMatch(/layers +32\n/);
  });
});
