import type { InspectedModel, ModelInspector } from '@plimsoll/domain';
import { expect, test } from 'vitest';
import { demandUsualVocabulary } from './vocabulary-limit.js';

const inspector = (length: number): ModelInspector => ({
  supports: () => true,
  inspect: async () => {
    const tokens = { kind: 'array', elementType: 'string', length, values: null } as const;
    const header = { metadata: new Map([['tokenizer.ggml.tokens', tokens]]) };
    return { header } as unknown as InspectedModel;
  },
});
const broken: ModelInspector = { supports: () => true, inspect: async () => Promise.reject(new Error('no header')) };

test('a vocabulary of ten million entries is refused with its number', async () => {
  await expect(demandUsualVocabulary(inspector(10_000_000), 'a.gguf')).rejects.toMatchObject({
    code: 'invalid-model-file',
    message: expect.stringContaining('10000000 entries') as string,
  });
});

test.each([
  ['usual', inspector(262_144)],
  ['unknown', broken],
  ['not looked at', null],
])('one that is %s is left to the engine', async (_name, using) => {
  await expect(demandUsualVocabulary(using, 'a.gguf')).resolves.toBeUndefined();
});
