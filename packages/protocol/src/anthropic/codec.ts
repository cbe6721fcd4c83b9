import { InvalidInputError } from '@plimsoll/domain';
import type { ChatMessage, GenerateEvent, GenerateRequest, Tool, ToolCall, ToolChoice } from '@plimsoll/domain';
import type { AnswerFacts, Codec, StreamFailure, StreamWriter, WholeAnswer } from '../codec.js';
import { encodeEvent } from '../server-sent-events.js';
import { ANTHROPIC_ERRORS, anthropicError } from './error-body.js';
import type { AnthropicErrorType } from './error-body.js';
import type { Message, StreamEvent } from './message.js';
import type { CountTokensRequest, MessagesRequest } from './messages-request.js';

/** `POST /v1/messages` */
export const messagesCodec: Codec<MessagesRequest> = {
  streamType: 'text/event-stream',
  read: (body) => ({
    stream: body.stream ?? false,
    includeUsage: true,
    request: {
      ...readConversation(body),
      maxTokens: body.max_tokens,
      ...(body.temperature == null ? {} : { temperature: body.temperature }),
      ...(body.top_p == null ? {} : { topP: body.top_p }),
      ...(body.top_k == null ? {} : { topK: body.top_k }),
      ...(body.stop_sequences == null ? {} : { stop: body.stop_sequences }),
      ...(body.thinking == null ? {} : { think: body.thinking.type !== 'disabled' }),
      ...readToolChoice(body['tool_choice']),
      ...readFormat(body['output_config']),
    },
  }),
  stream: (_asked, facts) => new EventWriter(facts),
  whole: (_asked, facts, answer): Message => ({
    ...emptyMessage(facts),
    content: [
      ...(answer.thinking === '' ? [] : [{ type: 'thinking', thinking: answer.thinking, signature: '' }]),
      ...(answer.text === '' ? [] : [{ type: 'text', text: answer.text }]),
      ...answer.toolCalls.map(writeCall),
    ],
    stop_reason: stopReason(answer.done, answer.toolCalls.length > 0),
    usage: writeUsage(answer.done),
  }),
};

/** The conversation alone, as `count_tokens` asks about it. @throws InvalidInputError */
export function readConversation(body: CountTokensRequest): Pick<GenerateRequest, 'model' | 'input' | 'tools'> {
  const system = body.system == null ? '' : textOf(body.system);
  return {
    model: body.model,
    input: {
      kind: 'chat',
      messages: [
        ...(system === '' ? [] : [{ role: 'system', content: system } as const]),
        ...body.messages.flatMap(readMessage),
      ],
    },
    ...(body.tools == null || body.tools.length === 0 ? {} : { tools: body.tools.map(readTool) }),
  };
}

/** The kind of error that goes with an HTTP status. */
export function anthropicErrorType(status: number): AnthropicErrorType {
  const known = Object.entries(ANTHROPIC_ERRORS).find(([, of]) => of === status)?.[0];
  if (known !== undefined) return known as AnthropicErrorType;
  if (status === 503) return 'overloaded_error';
  return status < 500 ? 'invalid_request_error' : 'api_error';
}

type Content = MessagesRequest['messages'][number]['content'];
type Block = Exclude<Content, string>[number];

const textOf = (content: Content): string =>
  typeof content === 'string' ? content : content.map((block) => block.text ?? '').join('\n');

/** A user's turn may hold answers of tools beside text: each becomes a message of its own, before the text. */
function readMessage({ role, content }: MessagesRequest['messages'][number]): readonly ChatMessage[] {
  const blocks: readonly Block[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  const results = blocks.filter((block) => block.type === 'tool_result').map(readResult);
  const rest = blocks.filter((block) => block.type !== 'tool_result');
  if (rest.length === 0) return results;
  const images = rest.flatMap((block) => (block.type === 'image' ? [readImage(block)] : []));
  const thinking = rest.map((block) => (typeof block['thinking'] === 'string' ? block['thinking'] : '')).join('');
  const calls = rest.filter((block) => block.type === 'tool_use').map(readCall);
  return [
    ...results,
    {
      role,
      content: rest.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join(''),
      ...(images.length === 0 ? {} : { images }),
      ...(thinking === '' ? {} : { thinking }),
      ...(calls.length === 0 ? {} : { toolCalls: calls }),
    },
  ];
}

function readResult(block: Block): ChatMessage {
  const { content, tool_use_id: id } = block;
  const parts = Array.isArray(content) ? (content as Block[]) : [];
  const texts = parts.flatMap((part) => (part.type === 'image' ? [] : [part.text ?? '']));
  const images = parts.filter((part) => part.type === 'image').map(readImage);
  return {
    role: 'tool',
    content: typeof content === 'string' ? content : texts.join('\n'),
    ...(images.length === 0 ? {} : { images }),
    ...(typeof id === 'string' ? { toolCallId: id } : {}),
  };
}

function readImage({ source }: Block): string {
  if (isFields(source) && source['type'] === 'base64' && typeof source['data'] === 'string') return source['data'];
  throw new InvalidInputError('Images are taken in base64 only.', { hint: 'Send the picture as a base64 source.' });
}

function readCall({ id, name, input }: Block): ToolCall {
  if (typeof id !== 'string' || typeof name !== 'string')
    throw new InvalidInputError('tool_use needs an id and a name.');
  return { id, name, arguments: isFields(input) ? input : {} };
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readTool(value: unknown): Tool {
  if (!isFields(value) || typeof value['name'] !== 'string' || value['name'] === '') {
    throw new InvalidInputError('Each tool needs a name.');
  }
  const { name, description, input_schema: schema } = value;
  return {
    name,
    description: typeof description === 'string' ? description : null,
    parameters: isFields(schema) ? schema : { type: 'object', properties: {} },
  };
}

/** The schema of `output_config.format`. @throws InvalidInputError */
function readFormat(config: unknown): Pick<GenerateRequest, 'format'> {
  const format = isFields(config) ? config['format'] : undefined;
  if (format === undefined || format === null) return {};
  if (isFields(format) && format['type'] === 'json_schema' && isFields(format['schema'])) {
    return { format: format['schema'] };
  }
  throw new InvalidInputError('output_config.format is of type "json_schema" with a schema.');
}

const CHOICES: Readonly<Record<string, ToolChoice>> = { auto: 'auto', any: 'required', none: 'none' };

function readToolChoice(value: unknown): { readonly toolChoice?: ToolChoice } {
  if (!isFields(value)) return {};
  const { type, name } = value;
  if (type === 'tool' && typeof name === 'string') return { toolChoice: { name } };
  const known = typeof type === 'string' && Object.hasOwn(CHOICES, type) ? CHOICES[type] : undefined;
  if (known === undefined) throw new InvalidInputError('tool_choice is of type auto, any, none, or tool with a name.');
  return { toolChoice: known };
}

const writeCall = ({ id, name, arguments: input }: ToolCall): { type: string; [field: string]: unknown } => ({
  ...{ type: 'tool_use', id, name, input },
});

const emptyMessage = ({ id, model }: AnswerFacts): Message => ({
  ...{ id: `msg_${id}`, type: 'message', role: 'assistant', model, content: [] },
  ...{ stop_reason: null, stop_sequence: null, usage: { input_tokens: 0, output_tokens: 0 } },
});

function stopReason({ stopReason: reason }: WholeAnswer['done'], called: boolean): Message['stop_reason'] {
  if (called) return 'tool_use';
  return reason === 'length' ? 'max_tokens' : 'end_turn';
}

const writeUsage = ({ timings }: WholeAnswer['done']): Message['usage'] => ({
  input_tokens: timings.promptTokens ?? 0,
  output_tokens: timings.generatedTokens ?? 0,
  ...(timings.cachedPromptTokens === null ? {} : { cache_read_input_tokens: timings.cachedPromptTokens }),
});

/** Blocks follow each other: one is closed before the next is opened. */
class EventWriter implements StreamWriter {
  readonly #facts: AnswerFacts;
  #open: 'text' | 'thinking' | null = null;
  #index = 0;
  #called = false;

  constructor(facts: AnswerFacts) {
    this.#facts = facts;
  }

  begin(): string {
    return write({ type: 'message_start', message: emptyMessage(this.#facts) });
  }

  event(event: GenerateEvent): string {
    if (event.type === 'text') return this.#text(event.thinking === true ? 'thinking' : 'text', event.text);
    if (event.type === 'tool-call') return this.#close() + this.#call(event.call);
    return (
      this.#close() +
      write({
        type: 'message_delta',
        delta: { stop_reason: stopReason(event, this.#called), stop_sequence: null },
        usage: writeUsage(event),
      }) +
      write({ type: 'message_stop' })
    );
  }

  alive(): string {
    return write({ type: 'ping' });
  }

  failed({ message, status }: StreamFailure): string {
    return encodeEvent(anthropicError(anthropicErrorType(status), message), 'error');
  }

  #text(kind: 'text' | 'thinking', text: string): string {
    if (text === '') return '';
    let opened = '';
    if (this.#open !== kind) {
      opened = this.#close();
      this.#open = kind;
      const block = kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' };
      opened += write({ type: 'content_block_start', index: this.#index, content_block: block });
    }
    const delta =
      kind === 'text' ? ({ type: 'text_delta', text } as const) : ({ type: 'thinking_delta', thinking: text } as const);
    return opened + write({ type: 'content_block_delta', index: this.#index, delta });
  }

  #close(): string {
    if (this.#open === null) return '';
    this.#open = null;
    return write({ type: 'content_block_stop', index: this.#index++ });
  }

  #call(call: ToolCall): string {
    this.#called = true;
    const index = this.#index++;
    const json = JSON.stringify(call.arguments);
    return (
      write({ type: 'content_block_start', index, content_block: { ...writeCall(call), input: {} } }) +
      write({ type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: json } }) +
      write({ type: 'content_block_stop', index })
    );
  }
}

const write = (event: StreamEvent): string => encodeEvent(event, event.type);
