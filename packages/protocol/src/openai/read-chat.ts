import { InvalidInputError } from '@plimsoll/domain';
import type { ChatMessage, GenerateRequest, Tool, ToolCall, ToolChoice } from '@plimsoll/domain';
import { dataUrlBase64 } from '../data-url.js';
import type { ChatCompletionRequest } from './requests.js';

type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The messages of a chat. `developer` is what newer clients call the system. @throws InvalidInputError */
export function readMessages(messages: ChatCompletionRequest['messages']): readonly ChatMessage[] {
  return messages.map((message) => {
    const content = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
    const images = (content ?? []).flatMap((part) =>
      part.type === 'image_url' && 'image_url' in part && part.image_url !== undefined
        ? [dataUrlBase64(part.image_url.url)]
        : [],
    );
    const calls = message['tool_calls'];
    const thinking = message['reasoning_content'] ?? message['reasoning'];
    const [toolCallId, toolName] = [message['tool_call_id'], message['name']];
    return {
      role: readRole(message.role),
      content: (content ?? []).map((part) => part.text ?? '').join(''),
      ...(images.length === 0 ? {} : { images }),
      ...(typeof thinking === 'string' ? { thinking } : {}),
      ...(Array.isArray(calls) && calls.length > 0 ? { toolCalls: calls.map(readCall) } : {}),
      ...(typeof toolCallId === 'string' ? { toolCallId } : {}),
      ...(typeof toolName === 'string' ? { toolName } : {}),
    };
  });
}

const ROLES: Readonly<Record<string, ChatMessage['role']>> = {
  ...{ system: 'system', developer: 'system', user: 'user', assistant: 'assistant', tool: 'tool', function: 'tool' },
};

function readRole(role: string): ChatMessage['role'] {
  const known = Object.hasOwn(ROLES, role) ? ROLES[role] : undefined;
  if (known === undefined) throw new InvalidInputError(`The role ${JSON.stringify(role)} is not one of a chat's.`);
  return known;
}

function readCall(value: unknown): ToolCall {
  const call = isFields(value) && isFields(value['function']) ? value['function'] : null;
  const id = isFields(value) ? value['id'] : null;
  if (call === null || typeof id !== 'string' || typeof call['name'] !== 'string') {
    throw new InvalidInputError('A tool call needs an id, and a function with a name and arguments.');
  }
  return { id, name: call['name'], arguments: readArguments(call['arguments']) };
}

/** Arguments come as JSON text; what is none is not passed on. */
export function readArguments(text: unknown): ToolCall['arguments'] {
  if (isFields(text)) return text;
  if (typeof text !== 'string' || text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isFields(value)) return value;
  } catch {
    // Said below.
  }
  throw new InvalidInputError('The arguments of a tool call are not a JSON object.');
}

/** Tools as `{type:'function', function:{…}}`, or flat as the responses' API writes them. @throws InvalidInputError */
export function readTools(tools: readonly unknown[] | null | undefined): Pick<GenerateRequest, 'tools'> {
  if (tools == null || tools.length === 0) return {};
  return { tools: tools.map(readTool) };
}

function readTool(value: unknown): Tool {
  const tool = isFields(value) && isFields(value['function']) ? value['function'] : value;
  if (!isFields(tool) || typeof tool['name'] !== 'string' || tool['name'] === '') {
    throw new InvalidInputError('Each tool needs a function with a name.');
  }
  const { name, description, parameters } = tool;
  return {
    name,
    description: typeof description === 'string' ? description : null,
    parameters: isFields(parameters) ? parameters : { type: 'object', properties: {} },
  };
}

/** `tool_choice`. @throws InvalidInputError */
export function readToolChoice(value: unknown): { readonly toolChoice?: ToolChoice } {
  if (value === undefined || value === null) return {};
  if (value === 'auto' || value === 'none' || value === 'required') return { toolChoice: value };
  const named = isFields(value) && isFields(value['function']) ? value['function']['name'] : undefined;
  const name = named ?? (isFields(value) ? value['name'] : undefined);
  if (typeof name === 'string') return { toolChoice: { name } };
  throw new InvalidInputError('tool_choice is "auto", "none", "required" or names a function.');
}

/** `response_format`, or the `text.format` of the responses' API. @throws InvalidInputError */
export function readFormat(value: unknown): Pick<GenerateRequest, 'format'> {
  if (!isFields(value) || value['type'] === 'text') return {};
  if (value['type'] === 'json_object') return { format: 'json' };
  const wrapped = isFields(value['json_schema']) ? value['json_schema'] : value;
  if (value['type'] === 'json_schema' && isFields(wrapped['schema'])) return { format: wrapped['schema'] };
  throw new InvalidInputError('response_format is of type "text", "json_object" or "json_schema" with a schema.');
}

/** How hard a model shall think: not at all, or as hard as it likes. */
export const readEffort = (effort: unknown): Pick<GenerateRequest, 'think'> =>
  typeof effort === 'string' ? { think: effort !== 'none' } : {};

/** The sampling that all of OpenAI's routes share. */
export function readSampling(body: {
  readonly temperature?: number | null | undefined;
  readonly top_p?: number | null | undefined;
  readonly seed?: number | null | undefined;
  readonly stop?: string | string[] | null | undefined;
}): Partial<GenerateRequest> {
  return {
    ...(body.temperature == null ? {} : { temperature: body.temperature }),
    ...(body.top_p == null ? {} : { topP: body.top_p }),
    ...(body.seed == null ? {} : { seed: body.seed }),
    ...(body.stop == null ? {} : { stop: typeof body.stop === 'string' ? [body.stop] : body.stop }),
  };
}
