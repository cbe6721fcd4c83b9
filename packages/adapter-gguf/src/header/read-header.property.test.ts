import { TENSOR_TYPES, tensorBytes, type TensorType } from '@plimsoll/domain';
import { createGguf, type GgufTensorSpec, type GgufValue } from '../writer/gguf-writer.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BufferSource } from './buffer-source.js';
import { readHeader } from './read-header.js';

const scalar = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.integer({ min: -0x80000000, max: -1 }),
  fc.boolean(),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
);
const list = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 1, maxLength: 40 }),
  fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { minLength: 1, maxLength: 40 }),
  fc.array(fc.boolean(), { minLength: 1, maxLength: 10 }),
);
const metadata = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 20 }), fc.oneof(scalar, list)), {
  selector: ([key]) => key,
  maxLength: 20,
});

const SETTLED_TYPES = (Object.keys(TENSOR_TYPES) as TensorType[]).filter((type) => TENSOR_TYPES[type].id < 40);
const tensor = fc
  .record({
    name: fc.string({ minLength: 1, maxLength: 20 }),
    type: fc.constantFrom(...SETTLED_TYPES),
    blocks: fc.integer({ min: 1, max: 4 }),
    rest: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
  })
  .map(({ name, type, blocks, rest }): GgufTensorSpec => ({
    name,
    type,
    shape: [blocks * TENSOR_TYPES[type].blockWeights, ...rest],
  }));
const tensors = fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 12 });
const reserved = (key: string): boolean => key.startsWith('general.') || key.startsWith('split.');

describe('readHeader', () => {
  it('gives back every value and tensor that was written, in either byte order, through any window', async () => {
    await fc.assert(
      fc.asyncProperty(
        metadata,
        tensors,
        fc.constantFrom('little' as const, 'big' as const),
        fc.integer({ min: 1, max: 2000 }),
        async (pairs, specs, endian, chunkBytes) => {
          const entries: (readonly [string, GgufValue])[] = [
            ['general.architecture', 'llama'],
            ...pairs.filter(([key]) => !reserved(key)),
          ];
          const header = createGguf({ metadata: entries, tensors: specs, endian });
          const dataBytes = specs.reduce((end, { type, shape }) => {
            const bytes = tensorBytes(type as TensorType, shape.map(Number)) ?? 0;
            return Math.ceil((end + bytes) / 32) * 32;
          }, 0);
          const file = new Uint8Array(header.length + dataBytes);
          file.set(header);
          const found = await readHeader(new BufferSource(file, 'm.gguf', chunkBytes));
          expect(
            [...found.metadata].map(([key, value]) => [key, typeof value === 'object' ? value.values : value]),
          ).toEqual(entries);
          expect(found.tensors.map(({ name, type, shape }) => ({ name, type, shape }))).toEqual(
            specs.map(({ name, type, shape }) => ({ name, type, shape })),
          );
          expect(found.headerBytes).toBe(header.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});
