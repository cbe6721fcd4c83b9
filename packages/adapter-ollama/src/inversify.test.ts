import 'reflect-metadata';
import { MODEL_CATALOG, MODEL_INSPECTOR, MODEL_RUNTIME, VARIANT_BUILDER } from '@plimsoll/di';
import { Container } from 'inversify';
import { expect, test } from 'vitest';
import { OllamaCatalog, OllamaInspector, OllamaRuntime, OllamaVariantBuilder } from './index.js';
import { OLLAMA_API, ollamaModule } from './inversify.js';

test('the module binds Ollama to the ports, over one connection', async () => {
  const container = new Container();
  container.load(ollamaModule({ host: 'gpu-box:1234', registry: null }));
  expect(container.get(OLLAMA_API).address).toBe('http://gpu-box:1234');
  expect(container.get(MODEL_RUNTIME)).toBeInstanceOf(OllamaRuntime);
  expect(container.get(MODEL_CATALOG)).toBeInstanceOf(OllamaCatalog);
  expect(container.getAll(VARIANT_BUILDER)[0]).toBeInstanceOf(OllamaVariantBuilder);
  expect(container.getAll(MODEL_INSPECTOR)[0]).toBeInstanceOf(OllamaInspector);
  expect(container.get(MODEL_RUNTIME)).toBe(container.get(MODEL_RUNTIME));
  await container.get(MODEL_RUNTIME).close();
});
