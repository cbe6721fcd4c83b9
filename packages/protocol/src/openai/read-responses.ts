import { InvalidInputError } from '@plimsoll/domain';
import type { ChatMessage } from '@plimsoll/domain';
import type { Asked } from '../codec.js';
import { dataUrlBase64 } from '../data-url.js';
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

/** What is asked for. @throws InvalidInputError for what cannot be had, or is not written as the API has it */
export function readResponses(body: ResponsesRequest): Asked {
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
}

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
