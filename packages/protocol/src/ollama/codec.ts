import { InvalidInputError } from '@plimsoll/domain';
import type { ChatMessage, GenerateEvent, GenerateRequest, GenerationTimings, Tool, ToolCall } from '@plimsoll/domain';
import type { AnswerFacts, Asked, Codec, StreamWriter, TextEvent, WholeAnswer } from '../codec.js';
import { encodeLine } from '../ndjson.js';
import { ollamaError } from './error-body.js';
import { keepAliveMs } from './keep-alive.js';
import type { ChatRequest, GenerateRequest as PromptRequest } from './requests.js';

const ROLES: readonly string[] = ['system', 'user', 'assistant', 'tool'] satisfies readonly ChatMessage['role'][];

/** `POST /api/chat` */
export const chatCodec: Codec<ChatRequest> = {
  streamType: 'application/x-ndjson',
  read: (body) => ({
    ...shared(body),
    request: {
      ...generation(body),
      input: { kind: 'chat', messages: (body.messages ?? []).map(readMessage) },
      ...(body.tools == null || body.tools.length === 0 ? {} : { tools: body.tools.map(readTool) }),
    },
  }),
  stream: (asked, facts) => new LineWriter(facts, (text) => ({ message: { role: 'assistant', content: '', ...text } })),
  whole: (_asked, facts, answer) => ({
    ...head(facts),
    message: {
      role: 'assistant',
      content: answer.text,
      ...(answer.thinking === '' ? {} : { thinking: answer.thinking }),
      ...(answer.toolCalls.length === 0 ? {} : { tool_calls: answer.toolCalls.map(writeCall) }),
    },
    ...last(answer.done),
    ...logprobs(answer.tokens),
  }),
};

/** `POST /api/generate` */
export const generateCodec: Codec<PromptRequest> = {
  streamType: 'application/x-ndjson',
  read: (body) => ({
    ...shared(body),
    request: {
      ...generation(body),
      input: {
        kind: 'prompt',
        prompt: body.prompt ?? '',
        ...(body.system == null || body.system === '' ? {} : { system: body.system }),
        ...(body.images == null || body.images.length === 0 ? {} : { images: body.images }),
        ...(body.raw == null ? {} : { raw: body.raw }),
        ...(body.suffix ? { suffix: body.suffix } : {}),
      },
    },
  }),
  stream: (_asked, facts) => new LineWriter(facts, ({ content, ...rest }) => ({ response: content ?? '', ...rest })),
  whole: (_asked, facts, answer) => ({
    ...head(facts),
    response: answer.text,
    ...(answer.thinking === '' ? {} : { thinking: answer.thinking }),
    ...last(answer.done),
    ...logprobs(answer.tokens),
  }),
};

/** The model that a request names; older clients write `name`. @throws InvalidInputError */
export function modelOf({ model, name }: { model?: string | undefined; name?: string | undefined }): string {
  const named = model ?? name;
  if (named === undefined || named === '') throw new InvalidInputError('model is required');
  return named;
}

type Generation = ChatRequest | PromptRequest;

const shared = ({ stream }: Generation): Pick<Asked, 'stream' | 'includeUsage'> => ({
  stream: stream ?? true,
  includeUsage: true,
});

function generation(body: Generation): Omit<GenerateRequest, 'input'> {
  const options = body.options ?? {};
  const number = (name: string): number | undefined => numberOption(options, name);
  const stop = options['stop'];
  const predict = number('num_predict');
  const seed = number('seed');
  const load = {
    ...(number('num_ctx') === undefined ? {} : { contextTokens: number('num_ctx') }),
    ...(body.keep_alive == null ? {} : { keepAlive: keepAliveMs(body.keep_alive) }),
  };
  return {
    model: modelOf(body),
    ...optional('temperature', number('temperature')),
    ...optional('topP', number('top_p')),
    ...optional('topK', number('top_k')),
    // Negative means any in Ollama's requests.
    ...optional('seed', seed === undefined || seed < 0 ? undefined : seed),
    // Without end, or as far as the context goes.
    ...optional('maxTokens', predict === undefined || predict < 0 ? undefined : predict),
    ...optional('stop', typeof stop === 'string' ? [stop] : Array.isArray(stop) ? stop.map(String) : undefined),
    ...optional('format', readFormat(body.format)),
    ...optional('think', body.think == null ? undefined : body.think !== false && body.think !== 'false'),
    ...optional('topLogprobs', body.logprobs === true ? (body.top_logprobs ?? 0) : undefined),
    ...(Object.keys(load).length === 0 ? {} : { load }),
  };
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Value>);
}

function numberOption(options: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = options[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new InvalidInputError(`option "${name}" must be of type number`);
}

function readFormat(format: Generation['format']): GenerateRequest['format'] {
  if (format == null || format === '') return undefined;
  if (typeof format !== 'string') return format;
  if (format === 'json') return 'json';
  throw new InvalidInputError(
    `invalid format: ${JSON.stringify(format)}; expected "json" or a valid JSON Schema object`,
  );
}

function readMessage(message: NonNullable<ChatRequest['messages']>[number]): ChatMessage {
  const { role, content, images, thinking, tool_calls: calls } = message;
  if (!ROLES.includes(role)) {
    throw new InvalidInputError(`invalid role: ${JSON.stringify(role)}; expected one of ${ROLES.join(', ')}`);
  }
  const toolName = message['tool_name'] ?? message['name'];
  const toolCallId = message['tool_call_id'];
  return {
    role: role as ChatMessage['role'],
    content: content ?? '',
    ...(images == null || images.length === 0 ? {} : { images }),
    ...(thinking == null ? {} : { thinking }),
    ...(calls == null || calls.length === 0 ? {} : { toolCalls: calls.map(readCall) }),
    ...(typeof toolName === 'string' ? { toolName } : {}),
    ...(typeof toolCallId === 'string' ? { toolCallId } : {}),
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readCall(value: unknown, index: number): ToolCall {
  const call = isRecord(value) && isRecord(value['function']) ? value['function'] : {};
  const { name, arguments: given } = call;
  if (typeof name !== 'string') throw new InvalidInputError('A tool call names no function.');
  const id = isRecord(value) && typeof value['id'] === 'string' ? value['id'] : `call_${index}`;
  return { id, name, arguments: isRecord(given) ? given : {} };
}

function readTool(value: unknown): Tool {
  const tool = isRecord(value) && isRecord(value['function']) ? value['function'] : {};
  const { name, description, parameters } = tool;
  if (typeof name !== 'string' || name === '') throw new InvalidInputError('A tool has no name.');
  return {
    name,
    description: typeof description === 'string' ? description : null,
    parameters: isRecord(parameters) ? parameters : { type: 'object', properties: {} },
  };
}

const writeCall = (call: ToolCall, index: number): unknown => ({
  id: call.id,
  function: { index, name: call.name, arguments: call.arguments },
});

interface LineText {
  readonly content?: string;
  readonly thinking?: string;
  readonly tool_calls?: readonly unknown[];
}

const head = ({ model, createdMs }: AnswerFacts): { model: string; created_at: string } => ({
  model,
  created_at: new Date(createdMs).toISOString(),
});

class LineWriter implements StreamWriter {
  readonly #facts: AnswerFacts;
  readonly #line: (text: LineText) => Readonly<Record<string, unknown>>;
  #calls = 0;

  constructor(facts: AnswerFacts, line: (text: LineText) => Readonly<Record<string, unknown>>) {
    this.#facts = facts;
    this.#line = line;
  }

  begin(): string {
    return '';
  }

  event(event: GenerateEvent): string {
    if (event.type === 'done') return encodeLine({ ...head(this.#facts), ...this.#line({}), ...last(event) });
    if (event.type === 'tool-call') return this.#write({ tool_calls: [writeCall(event.call, this.#calls++)] });
    const text = event.thinking === true ? { thinking: event.text } : { content: event.text };
    return this.#write(text, event.logprob === undefined ? {} : logprobs([event]));
  }

  alive(): string {
    return this.#write({});
  }

  failed({ message }: { readonly message: string }): string {
    return encodeLine(ollamaError(message));
  }

  #write(text: LineText, more: object = {}): string {
    return encodeLine({ ...head(this.#facts), ...this.#line(text), done: false, ...more });
  }
}

const writeToken = (token: string, logprob: number | undefined): object => ({
  token,
  logprob,
  bytes: [...Buffer.from(token)],
});

function logprobs(tokens: readonly TextEvent[]): object {
  if (tokens.length === 0) return {};
  return {
    logprobs: tokens.map(({ text, logprob, topLogprobs = [] }) => ({
      ...writeToken(text, logprob),
      ...(topLogprobs.length === 0
        ? {}
        : { top_logprobs: topLogprobs.map(({ token, logprob: of }) => writeToken(token, of)) }),
    })),
  };
}

/** What the last line adds. Go leaves out what it does not know. */
function last({ stopReason, timings }: WholeAnswer['done']): object {
  return { done: true, done_reason: stopReason === 'length' ? 'length' : 'stop', ...durations(timings) };
}

function durations(timings: GenerationTimings): object {
  const nanoseconds = (ms: number | null): number | undefined => (ms === null ? undefined : Math.round(ms * 1e6));
  return {
    total_duration: nanoseconds(timings.totalMs),
    load_duration: nanoseconds(timings.loadMs),
    prompt_eval_count: timings.promptTokens ?? undefined,
    prompt_eval_cached_count: timings.cachedPromptTokens ?? undefined,
    prompt_eval_duration: nanoseconds(timings.prefillMs),
    eval_count: timings.generatedTokens ?? undefined,
    eval_duration: nanoseconds(timings.decodeMs),
  };
}
