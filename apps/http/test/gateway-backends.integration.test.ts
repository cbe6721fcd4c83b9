import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Anthropic from '@anthropic-ai/sdk';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { HumanMessage } from '@langchain/core/messages';
import { ChatOllama } from '@langchain/ollama';
import { OllamaApi, OllamaVariantBuilder } from '@plimsoll/adapter-ollama';
import { OLLAMA_VERSIONS, locateOllama, locatePeer, startOllama } from '@plimsoll-tooling/peers';
import { sampleModelPath } from '@plimsoll/sample-model';
import { streamText } from 'ai';
import { Ollama } from 'ollama';
import { createOllama } from 'ollama-ai-provider-v2';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatewayOver } from './gateway-over.js';
import type { GatewayOver } from './gateway-over.js';
import { pythonClients } from './python-clients.js';

/** A backend, why it cannot be tried here, and how a gateway over it is started. */
interface Backend {
  readonly name: string;
  readonly missing: string | null;
  readonly model: string;
  readonly start: () => Promise<GatewayOver>;
}

const PEERS = 'npm run peers has not built it';
const llamaServer: Backend = {
  name: 'a managed llama-server',
  missing: locatePeer('llama-server') === null ? PEERS : null,
  model: 'fable-5m-F16',
  start: () =>
    gatewayOver({
      backend: 'llama-server',
      llamaServerPath: locatePeer('llama-server'),
      quantizationEnabled: false,
    }),
};
const ollamas = OLLAMA_VERSIONS.map((version): Backend => {
  const model = 'plimsoll-clients:5m-fp16';
  return {
    ...{ name: `a real Ollama ${version}`, missing: locateOllama(version) === null ? PEERS : null, model },
    async start() {
      const peer = await startOllama(version);
      const api = new OllamaApi({ host: peer.host });
      await new OllamaVariantBuilder(api).build({ source: sampleModelPath(), target: model, level: 'F16' });
      await api.close();
      const gateway = await gatewayOver({ backend: 'ollama', ollamaHost: peer.host, registryLookups: false });
      return {
        url: gateway.url,
        async close() {
          await gateway.close();
          await peer.stop();
        },
      };
    },
  };
});

const prompt = 'Once upon a time';
const messages = [{ role: 'user' as const, content: prompt }];
const python = pythonClients();

/** One short exchange each: what the clients are told at length is tried against the engine inside. */
const EXCHANGES: Readonly<Record<string, (url: string, model: string) => Promise<string>>> = {
  async 'ollama-js'(url, model) {
    let text = '';
    const options = { num_predict: 8, temperature: 0 };
    for await (const part of await new Ollama({ host: url }).chat({ model, messages, options, stream: true })) {
      text += part.message.content;
      if (part.done) expect(part).toMatchObject({ model, done_reason: 'length', eval_count: 8 });
    }
    return text;
  },
  async 'openai-node'(url, model) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
    // Ollama reads the older name only.
    const limit = { max_completion_tokens: 8, max_tokens: 8 };
    const stream = await client.chat.completions.create({ model, messages, temperature: 0, stream: true, ...limit });
    let text = '';
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    return text;
  },
  async "Anthropic's SDK"(url, model) {
    const client = new Anthropic({ baseURL: url, apiKey: 'none', maxRetries: 0 });
    const asked = { model, messages, max_tokens: 8, temperature: 0 };
    const { content, stop_reason: reason } = await client.messages.stream(asked).finalMessage();
    expect(reason).toBe('max_tokens');
    return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  },
  async "the AI SDK's provider for Ollama"(url, name) {
    const model = createOllama({ baseURL: `${url}/api` })(name);
    const providerOptions = { ollama: { options: { num_predict: 8, temperature: 0 } } };
    return await streamText({ model, prompt, providerOptions, maxRetries: 0 }).text;
  },
  async "the AI SDK's provider for OpenAI-compatible servers"(url, name) {
    const model = createOpenAICompatible({ name: 'plimsoll', baseURL: `${url}/v1` })(name);
    return await streamText({ model, prompt, maxOutputTokens: 8, temperature: 0, maxRetries: 0 }).text;
  },
  async LangChain(url, model) {
    const chat = new ChatOllama({ baseUrl: url, model, temperature: 0, numPredict: 8 });
    let text = '';
    for await (const piece of await chat.stream([new HumanMessage(prompt)])) text += piece.text;
    return text;
  },
};

for (const { name, missing, model, start } of [llamaServer, ...ollamas]) {
  const why = missing === null ? '' : ` (skipped: ${missing})`;
  describe.skipIf(missing !== null)(`clients over ${name}${why}`, () => {
    let gateway: GatewayOver | undefined;
    beforeAll(async () => {
      gateway = await start();
    });
    afterAll(() => gateway?.close());
    const urlOf = (): string => gateway?.url ?? '';

    test('are all told the same', async () => {
      const told = new Map<string, string>();
      for (const [client, ask] of Object.entries(EXCHANGES)) told.set(client, await ask(urlOf(), model));
      const [first] = told.values();
      expect(first?.length).toBeGreaterThan(5);
      expect(told).toEqual(new Map([...told.keys()].map((client) => [client, first])));
    });

    test.each([
      '/api/chat',
      '/api/generate',
      '/v1/chat/completions',
      '/v1/responses',
      '/v1/embeddings',
      '/v1/messages',
    ])('%s of no model is invalid input', async (path) => {
      const body = JSON.stringify({ model: '', messages, prompt, input: prompt, max_tokens: 8 });
      const answer = await fetch(urlOf() + path, { method: 'POST', body });
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('model is required')]);
    });

    const reason = 'missing' in python ? ` (skipped: ${python.missing})` : '';
    test.skipIf('missing' in python)(`of Python as well${reason}`, async () => {
      const script = fileURLToPath(new URL('python_clients.py', import.meta.url));
      const program = 'program' in python ? python.program : '';
      const { stdout } = await promisify(execFile)(program, [script, urlOf(), model]);
      const seen = JSON.parse(stdout) as Record<string, unknown>;
      expect(seen).toMatchObject({ openai_tokens: 8, ollama_refusal: 404 });
      expect(seen['ollama_whole']).not.toBe('');
      for (const other of ['ollama_stream', 'openai_stream', 'anthropic_stream']) {
        expect([other, seen[other]]).toEqual([other, seen['ollama_whole']]);
      }
    });
  });
}
