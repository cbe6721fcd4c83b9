/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-return -- what APIs answer is looked at field by field, and compared whole */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import consumers from 'node:stream/consumers';
import { OllamaApi, OllamaRuntime } from '@plimsoll/adapter-ollama';
import { openPlimsoll } from '@plimsoll/composition';
import type { GenerateEvent, GenerateRequest, ModelRuntime, RuntimeCapabilities } from '@plimsoll/domain';
import { InMemoryConfigStore } from '@plimsoll/testing';
import type { Json } from './clients.js';
import type { Answer, Question } from './scenes.js';

/** A question as it reached a backend. */
export interface Reached extends Omit<Question, 'turns' | 'system' | 'tools'> {
  readonly messages: readonly { readonly role: string; readonly content: string; readonly [more: string]: unknown }[];
  readonly tools?: GenerateRequest['tools'];
}

/** A backend that gives one answer and remembers what it was asked. */
export interface OpenBackend {
  readonly runtime: ModelRuntime;
  /** Whether tools reach it as such, not described in the prompt. */
  readonly takesTools: boolean;
  readonly reached: () => Reached;
  readonly close: () => Promise<void>;
}

const VARIANT = 'tale:1b-q4_K_M';
const PIECE = /[\s\S]{1,3}/gu;
const CAPABILITIES: RuntimeCapabilities = {
  ...{ chat: true, images: true, embeddings: true, topLogprobs: 0, jsonSchema: true, tools: true, residency: true },
};
const present = <Fields extends object>(fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;

/** A call is text between marks, or the whole text where one is required. */
function textOf({ text, calls }: Answer, forced: boolean): string {
  const written = calls.map((call) => JSON.stringify(call));
  return forced ? written.join('') : [text, ...written.map((call) => `<tool_call>\n${call}\n</tool_call>`)].join('');
}

export const BACKENDS: Readonly<Record<string, (answer: Answer, forced: boolean) => Promise<OpenBackend>>> = {
  'an engine that takes tools': async (answer) => {
    let request: GenerateRequest | undefined;
    async function* generate(asked: GenerateRequest): AsyncIterable<GenerateEvent> {
      request = asked;
      for (const [text] of answer.thinking.matchAll(PIECE)) yield { type: 'text', text, thinking: true };
      for (const [text] of answer.text.matchAll(PIECE)) yield { type: 'text', text };
      for (const [index, call] of answer.calls.entries()) {
        yield { type: 'tool-call', call: { id: `call_${index}`, ...call } };
      }
      const unknown = { cachedPromptTokens: null, loadMs: null, prefillMs: null, decodeMs: null, firstTokenMs: null };
      const { promptTokens, generatedTokens } = answer;
      const timings = { ...unknown, promptTokens, generatedTokens, totalMs: 1 };
      yield { type: 'done', stopReason: answer.stop === 'length' ? 'length' : 'stop', timings };
    }
    return {
      runtime: { capabilities: CAPABILITIES, generate } as ModelRuntime,
      takesTools: true,
      reached: () => {
        const { input, tools, toolChoice, format, maxTokens, temperature, stop, think } = request as GenerateRequest;
        const messages =
          input.kind === 'chat'
            ? input.messages
            : [present({ role: 'user', content: input.prompt, images: input.images })];
        const forced = toolChoice === 'required' ? toolChoice : undefined;
        const schema = typeof format === 'object' ? format : undefined;
        const more = { schema, tools, toolChoice: forced, maxTokens, temperature, stop, think };
        return present({ messages, ...more }) as Reached;
      },
      close: async () => undefined,
    };
  },

  'an OpenAI-compatible server': async (answer, forced) => {
    const server = await listening(async (request, response, body) => {
      if (request.url === '/v1/models') return void response.end(JSON.stringify({ data: [{ id: VARIANT }] }));
      const write = (fields: object): void => void response.write(`data: ${JSON.stringify(fields)}\n\n`);
      const chat = request.url === '/v1/chat/completions';
      const choice = (delta: object, finish_reason: string | null = null): void =>
        write({ choices: [chat ? { index: 0, delta, finish_reason } : { index: 0, ...delta, finish_reason }] });
      for (const [text] of answer.thinking.matchAll(PIECE)) choice({ reasoning_content: text });
      for (const [text] of textOf(answer, forced).matchAll(PIECE)) choice(chat ? { content: text } : { text });
      choice({}, answer.stop === 'length' ? 'length' : 'stop');
      const { promptTokens: prompt_tokens, generatedTokens: completion_tokens } = answer;
      if (body.stream_options?.include_usage === true) {
        write({ choices: [], usage: { prompt_tokens, completion_tokens } });
      }
      response.end('data: [DONE]\n\n');
    });
    const config = new InMemoryConfigStore({ backend: 'openai', openaiBaseUrl: `${server.address}/v1` });
    const plimsoll = await openPlimsoll({ config });
    const { value: use, release } = await plimsoll.lease();
    return {
      runtime: await use.runtime(),
      takesTools: false,
      reached: () => {
        const { messages, prompt, response_format: format, chat_template_kwargs: kwargs, ...body } = server.body();
        const read = ({ role, content }: Json): Json => {
          if (typeof content === 'string') return { role, content };
          const pictures = content.filter((part: Json) => part.type === 'image_url');
          const images = pictures.map((part: Json) => String(part.image_url.url).replace(/^data:.*?,/, ''));
          return { role, content: content.find((part: Json) => part.type === 'text').text, images };
        };
        return present({
          messages: messages?.map(read) ?? [{ role: 'user', content: prompt }],
          ...{ schema: format?.json_schema.schema, maxTokens: body.max_tokens, temperature: body.temperature },
          ...{ stop: body.stop, think: kwargs?.enable_thinking },
        });
      },
      async close() {
        release();
        await plimsoll.close();
        await server.close();
      },
    };
  },

  'an Ollama server that is not passed on to': async (answer, forced) => {
    const server = await listening(async (request, response) => {
      if (request.url === '/api/tags') return void response.end(JSON.stringify({ models: [{ name: VARIANT }] }));
      const chat = request.url === '/api/chat';
      const line = (text: string, thinking: string, more: object): void => {
        const said = thinking === '' ? {} : { thinking };
        const content = chat ? { message: { role: 'assistant', content: text, ...said } } : { response: text, ...said };
        response.write(`${JSON.stringify({ model: VARIANT, ...content, done: false, ...more })}\n`);
      };
      for (const [text] of answer.thinking.matchAll(PIECE)) line('', text, {});
      for (const [text] of textOf(answer, forced).matchAll(PIECE)) line(text, '', {});
      const { promptTokens: prompt_eval_count, generatedTokens: eval_count } = answer;
      const done_reason = answer.stop === 'length' ? 'length' : 'stop';
      line('', '', { done: true, done_reason, prompt_eval_count, eval_count });
      response.end();
    });
    const runtime = new OllamaRuntime(new OllamaApi({ host: server.address }));
    return {
      runtime: { capabilities: runtime.capabilities, generate: runtime.generate.bind(runtime) } as ModelRuntime,
      takesTools: false,
      reached: () => {
        const { messages, prompt, images, format, think, options } = server.body();
        return present({
          messages: messages ?? [present({ role: 'user', content: prompt, images })],
          ...{ schema: format, maxTokens: options?.num_predict, temperature: options?.temperature },
          ...{ stop: options?.stop, think },
        });
      },
      async close() {
        await runtime.close();
        await server.close();
      },
    };
  },
};

/** A server that remembers the last body. */
async function listening(
  answer: (request: IncomingMessage, response: ServerResponse, body: Json) => Promise<void>,
): Promise<{ readonly address: string; readonly body: () => Json; readonly close: () => Promise<void> }> {
  let last: Json = null;
  const server = createServer((request, response) => {
    void consumers.text(request).then(async (text) => {
      const body: Json = text === '' ? null : JSON.parse(text);
      last = body ?? last;
      await answer(request, response, body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    body: () => last,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
