import { FakeVariantBuilder, InMemoryModelRuntime } from '@plimsoll/testing';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { QuantizeThenImportBuilder } from './quantize-then-import.js';

const builders = () => {
  const runtime = new InMemoryModelRuntime({ variants: [] });
  const quantizer = new FakeVariantBuilder(runtime, 'quantize');
  const importer = new FakeVariantBuilder(runtime, 'import');
  return { quantizer, importer, both: new QuantizeThenImportBuilder(async () => quantizer, importer) };
};

test('a file becomes a model of the server: quantized beside nothing, imported, cleared away', async () => {
  const { quantizer, importer, both } = builders();
  const built = await both.build({ source: '/models/tale-f16.gguf', target: 'tale:1b-q6_K', level: 'Q6_K' });
  expect(built.name).toBe('tale:1b-q6_K');
  const file = quantizer.requests[0]?.target ?? '';
  expect(importer.requests).toEqual([{ source: file, target: 'tale:1b-q6_K', level: 'Q6_K' }]);
  expect(existsSync(path.dirname(file))).toBe(false);
});

test.each([
  ['from a file to a name', '/models/tale-f16.gguf', 'tale:1b-q6_K', ['import']],
  ['from a name', 'tale:1b', 'tale:1b-q6_K', []],
  ['to a file', '/models/tale-f16.gguf', '/models/tale-Q6_K.gguf', []],
])('%s', async (_name, source, target, methods) => {
  expect(await builders().both.methods({ source, target, level: 'Q6_K' })).toEqual(methods);
});
