import { InvalidInputError } from '@plimsoll/domain';
import type { ChatMessage, GenerateEvent, GenerationTimings, ToolCall } from '@plimsoll/domain';
import type { AnswerFacts, Asked, Codec, StreamFailure, StreamWriter, WholeAnswer } from '../codec.js';
import { dataUrlBase64 } from '../data-url.js';
import { encodeEvent } from '../server-sent-events.js';
import {
  isFields,
  readArguments,
  readEffort,
  readFormat,
  readMessages,
  readSampling,
  readToolChoice,
  readTools,
} from './read-chat.js';
import type { ResponsesItem, ResponsesRequest } from './responses-request.js';

/** `POST /v1/responses`: text, thoughts and calls of functions. Nothing is kept between requests. */
export const responsesCodec: Codec<ResponsesRequest> = {
  streamType: 'text/event-stream',
  read(body) {
    if (body.previous_response_id != null) {
      throw new InvalidInputError('previous_response_id is not supported: no conversation is kept here.', {
        hint: 'Send the whole conversation as `input`.',
      });
    }
    const system: ChatMessage[] = body.instructions == null ? [] : [{ role: 'system', content: body.instructions }];
    const items = typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : body.input;
    return {
      stream: body.stream ?? false,
      includeUsage: true,
      request: {
        model: body.model,
        input: { kind: 'chat', messages: [...system, ...items.flatMap(readItem)] },
        ...readSampling(body),
        ...readFormat(body.text?.format),
        ...readTools(body.tools?.filter((tool) => typeOf(tool) === 'function')),
        ...readToolChoice(body['tool_choice']),
        ...(body.max_output_tokens == null ? {} : { maxTokens: body.max_output_tokens }),
        ...readEffort(isFields(body['reasoning']) ? body['reasoning']['effort'] : undefined),
      },
    };
  },
  stream: (asked, facts) => new EventWriter(asked, facts),
  whole: (asked, facts, answer) =>
    writeResponse(asked, facts, statusOf(answer.done), outputOf(facts, answer), answer.done.timings),
};

const typeOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;

function readItem(item: ResponsesItem): readonly ChatMessage[] {
  const { type = 'message' } = item;
  if (type === 'reasoning') return [];
  if (type === 'function_call') {
    const [id, name] = [item['call_id'], item['name']];
    if (typeof id !== 'string' || typeof name !== 'string') {
      throw new InvalidInputError('A function_call needs a call_id and a name.');
    }
    const call = { id, name, arguments: readArguments(item['arguments']) };
    return [{ role: 'assistant', content: '', toolCalls: [call] }];
  }
  if (type === 'function_call_output') {
    const [id, output] = [item['call_id'], item['output']];
    const told = Array.isArray(output) ? readParts(output as Part[]) : { content: plainText(output) };
    return [{ role: 'tool', ...told, ...(typeof id === 'string' ? { toolCallId: id } : {}) }];
  }
  if (type !== 'message') throw new InvalidInputError(`Input of the type ${JSON.stringify(type)} is not supported.`);
  const parts = typeof item.content === 'string' ? [{ type: 'input_text', text: item.content }] : (item.content ?? []);
  const { content, images } = readParts(parts);
  return readMessages([{ role: item.role ?? 'user', content }]).map((message) => ({
    ...message,
    ...(images === undefined ? {} : { images }),
  }));
}

type Part = Exclude<NonNullable<ResponsesItem['content']>, string>[number];

function readParts(parts: readonly Part[]): Pick<ChatMessage, 'content' | 'images'> {
  const images = parts.flatMap((part) => {
    const url = 'image_url' in part ? part.image_url : undefined;
    return part.type === 'input_image' && typeof url === 'string' ? [dataUrlBase64(url)] : [];
  });
  const content = parts.map((part) => part.text ?? '').join('');
  return images.length === 0 ? { content } : { content, images };
}

const plainText = (output: unknown): string => (typeof output === 'string' ? output : JSON.stringify(output ?? ''));

const statusOf = ({ stopReason }: WholeAnswer['done']): 'completed' | 'incomplete' =>
  stopReason === 'length' ? 'incomplete' : 'completed';

function writeResponse(
  asked: Asked,
  { id, model, createdMs }: AnswerFacts,
  status: 'in_progress' | 'completed' | 'incomplete' | 'failed',
  output: readonly object[],
  timings: GenerationTimings | null,
  error: object | null = null,
): object {
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: Math.floor(createdMs / 1000),
    completed_at: timings === null ? null : Math.floor((createdMs + timings.totalMs) / 1000),
    status,
    model,
    output,
    error,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    ...echo(asked),
    usage: timings === null ? null : writeUsage(timings),
  };
}

/** What a response repeats of its request, with what holds where nothing was asked for. */
function echo({ request }: Asked): object {
  const { input, tools = [], toolChoice = 'auto', format } = request;
  const first = input.kind === 'chat' ? input.messages[0] : undefined;
  return {
    instructions: first?.role === 'system' ? first.content : null,
    metadata: {},
    parallel_tool_calls: true,
    tool_choice: typeof toolChoice === 'string' ? toolChoice : { type: 'function', name: toolChoice.name },
    tools: tools.map((tool) => ({ type: 'function', strict: null, ...tool })),
    temperature: request.temperature ?? 1,
    top_p: request.topP ?? 1,
    top_logprobs: request.topLogprobs ?? 0,
    presence_penalty: 0,
    frequency_penalty: 0,
    max_output_tokens: request.maxTokens ?? null,
    max_tool_calls: null,
    text: { format: writeFormat(format) },
    reasoning: null,
    truncation: 'disabled',
    previous_response_id: null,
    store: false,
    background: false,
    service_tier: 'default',
    safety_identifier: null,
    prompt_cache_key: null,
  };
}

function writeFormat(format: Asked['request']['format']): object {
  if (format === undefined) return { type: 'text' };
  return format === 'json' ? { type: 'json_object' } : { type: 'json_schema', name: 'answer', schema: format };
}

function writeUsage({ promptTokens, generatedTokens, cachedPromptTokens }: GenerationTimings): object | null {
  if (promptTokens === null || generatedTokens === null) return null;
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedPromptTokens ?? 0 },
    output_tokens: generatedTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: promptTokens + generatedTokens,
  };
}

const messageItem = (id: string, text: string, status: string): object => ({
  ...{ id: `msg_${id}`, type: 'message', role: 'assistant', status },
  content: status === 'in_progress' ? [] : [textPart(text)],
});
const textPart = (text: string): object => ({ type: 'output_text', text, annotations: [], logprobs: [] });
const reasoningItem = (id: string, text: string): object => ({
  ...{ id: `rs_${id}`, type: 'reasoning', summary: text === '' ? [] : [{ type: 'summary_text', text }] },
});
const callItem = (call: ToolCall, status: string): object => ({
  ...{ id: `fc_${call.id}`, type: 'function_call', status, call_id: call.id, name: call.name },
  arguments: status === 'in_progress' ? '' : JSON.stringify(call.arguments),
});

function outputOf({ id }: AnswerFacts, { text, thinking, toolCalls }: WholeAnswer): readonly object[] {
  return [
    ...(thinking === '' ? [] : [reasoningItem(id, thinking)]),
    ...(text === '' && toolCalls.length > 0 ? [] : [messageItem(id, text, 'completed')]),
    ...toolCalls.map((call) => callItem(call, 'completed')),
  ];
}

/** The items follow each other: one is closed before the next is opened. */
class EventWriter implements StreamWriter {
  readonly #asked: Asked;
  readonly #facts: AnswerFacts;
  readonly #output: object[] = [];
  #open: { readonly kind: 'thinking' | 'text'; text: string } | null = null;
  #sequence = 0;

  constructor(asked: Asked, facts: AnswerFacts) {
    this.#asked = asked;
    this.#facts = facts;
  }

  begin(): string {
    const response = writeResponse(this.#asked, this.#facts, 'in_progress', [], null);
    return this.#write('response.created', { response }) + this.#write('response.in_progress', { response });
  }

  event(event: GenerateEvent): string {
    if (event.type === 'text') return this.#text(event.thinking === true ? 'thinking' : 'text', event.text);
    if (event.type === 'tool-call') return this.#close() + this.#call(event.call);
    const closed = this.#close();
    const status = statusOf(event);
    const response = writeResponse(this.#asked, this.#facts, status, this.#output, event.timings);
    return closed + this.#write(`response.${status}`, { response });
  }

  alive(): string {
    return ': waiting\n\n';
  }

  failed({ message }: StreamFailure): string {
    const error = { code: 'server_error', message };
    const response = writeResponse(this.#asked, this.#facts, 'failed', this.#output, null, error);
    return this.#write('response.failed', { response });
  }

  #text(kind: 'thinking' | 'text', text: string): string {
    if (text === '') return '';
    let opened = '';
    let open = this.#open;
    if (open?.kind !== kind) {
      opened = this.#close() + this.#begin(kind);
      open = this.#open = { kind, text: '' };
    }
    open.text += text;
    const [type, place] =
      kind === 'text'
        ? ['response.output_text.delta', { ...this.#place(), logprobs: [] }]
        : ['response.reasoning_summary_text.delta', this.#summary()];
    return opened + this.#write(type, { ...place, delta: text });
  }

  #begin(kind: 'thinking' | 'text'): string {
    if (kind === 'text') {
      const added = this.#added(messageItem(this.#facts.id, '', 'in_progress'));
      return added + this.#write('response.content_part.added', { ...this.#place(), part: textPart('') });
    }
    const part = { type: 'summary_text', text: '' };
    const added = this.#added(this.#reasoning(''));
    return added + this.#write('response.reasoning_summary_part.added', { ...this.#summary(), part });
  }

  #close(): string {
    if (this.#open === null) return '';
    const { kind, text } = this.#open;
    const item = kind === 'text' ? messageItem(this.#facts.id, text, 'completed') : this.#reasoning(text);
    const parts =
      kind === 'text'
        ? this.#write('response.output_text.done', { ...this.#place(), text, logprobs: [] }) +
          this.#write('response.content_part.done', { ...this.#place(), part: textPart(text) })
        : this.#write('response.reasoning_summary_text.done', { ...this.#summary(), text }) +
          this.#write('response.reasoning_summary_part.done', {
            ...this.#summary(),
            part: { type: 'summary_text', text },
          });
    this.#open = null;
    return parts + this.#done(item);
  }

  #call(call: ToolCall): string {
    const place = { item_id: `fc_${call.id}`, output_index: this.#output.length };
    const text = JSON.stringify(call.arguments);
    return (
      this.#added(callItem(call, 'in_progress')) +
      this.#write('response.function_call_arguments.delta', { ...place, delta: text }) +
      this.#write('response.function_call_arguments.done', { ...place, name: call.name, arguments: text }) +
      this.#done(callItem(call, 'completed'))
    );
  }

  #added(item: object): string {
    return this.#write('response.output_item.added', { output_index: this.#output.length, item });
  }

  #done(item: object): string {
    const text = this.#write('response.output_item.done', { output_index: this.#output.length, item });
    this.#output.push(item);
    return text;
  }

  #reasoning(text: string): object {
    return reasoningItem(this.#facts.id, text);
  }

  #place(): object {
    return { item_id: `msg_${this.#facts.id}`, output_index: this.#output.length, content_index: 0 };
  }

  #summary(): object {
    return { item_id: `rs_${this.#facts.id}`, output_index: this.#output.length, summary_index: 0 };
  }

  #write(type: string, fields: object): string {
    return encodeEvent({ type, sequence_number: this.#sequence++, ...fields }, type);
  }
}
