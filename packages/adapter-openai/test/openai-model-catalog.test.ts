import 'reflect-metadata';
import { Container } from 'inversify';
import { MODEL_CATALOG, MODEL_RUNTIME } from '@plimsoll/di';
import { expect, test } from 'vitest';
import { openAiModule } from '../src/inversify.js';
import { sendJson, startOpenAiServer } from './openai-server.js';

test('gives the served variants of a model, under whatever names the server chose', async () => {
  const server = await startOpenAiServer();
  const ids = ['llama3.1:8b-q4_K_M', 'llama3.1:8b-q8_0', 'qwen3:8b', '/srv/My Model.gguf'];
  server.intercept = (_request, response) => sendJson(response, 200, { data: ids.map((id) => ({ id })) });
  const container = new Container();
  container.load(openAiModule({ baseUrl: server.baseUrl }));
  const catalog = container.get(MODEL_CATALOG);

  const names = async (model: string): Promise<readonly string[]> =>
    (await catalog.variants(model)).map(({ name }) => name);
  expect(await names('llama3.1:8b')).toEqual(['llama3.1:8b-q4_K_M', 'llama3.1:8b-q8_0']);
  expect(await names('llama3.1:8b-q8_0')).toEqual(['llama3.1:8b-q4_K_M', 'llama3.1:8b-q8_0']);
  expect(await names('/srv/My Model.gguf')).toEqual(['/srv/My Model.gguf']);
  expect(await names('mistral:7b')).toEqual([]);

  await container.get(MODEL_RUNTIME).close();
  await server.close();
});
