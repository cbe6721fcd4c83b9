import { InvalidInputError } from '@plimsoll/domain';
import type { ChatMessage, GenerateRequest, JsonSchema, Tool, ToolCall, ToolChoice } from '@plimsoll/domain';

/**
 * Describes tools in a chat's system message, for runtimes that cannot hand them on. The form is the one that Hermes
 * introduced and that Qwen and many others were trained on: a call is JSON between `<tool_call>` marks, an answer is
 * text between `<tool_response>` marks.
 *
 * A call that is required is forced by a JSON schema instead: the whole answer is then the call's JSON.
 */
export function withToolsInPrompt(request: GenerateRequest): GenerateRequest {
  const { tools, toolChoice = 'auto', ...rest } = request;
  if (rest.input.kind !== 'chat') return rest;
  const plain = rest.input.messages.map(withoutCalls);
  const offered = offeredTools(tools ?? [], toolChoice);
  if (offered.length === 0) return { ...rest, input: { kind: 'chat', messages: plain } };
  const forced = isForced(toolChoice);
  if (forced && request.format !== undefined) {
    throw new InvalidInputError('An answer cannot be a call of a tool and follow a schema of its own at once.', {
      hint: 'Leave out the schema, or set the choice of tools to "auto".',
    });
  }
  const [first, ...others] = plain;
  const described = description(offered, forced);
  const messages: readonly ChatMessage[] =
    first?.role === 'system'
      ? [{ ...first, content: `${first.content}\n\n${described}` }, ...others]
      : [{ role: 'system', content: described }, ...plain];
  return { ...rest, input: { kind: 'chat', messages }, ...(forced ? { format: callSchema(offered) } : {}) };
}

/** Whether an answer must be a call. */
export const isForced = (choice: ToolChoice | undefined): boolean =>
  choice === 'required' || typeof choice === 'object';

/** A schema of one call of one of the tools. */
function callSchema(tools: readonly Tool[]): JsonSchema {
  const calls = tools.map(({ name, parameters }) => ({
    type: 'object',
    properties: { name: { const: name }, arguments: parameters },
    required: ['name', 'arguments'],
    additionalProperties: false,
  }));
  return calls.length === 1 ? (calls[0] ?? {}) : { anyOf: calls };
}

/** @throws InvalidInputError when the choice names a tool that is not there. */
function offeredTools(tools: readonly Tool[], choice: ToolChoice): readonly Tool[] {
  if (choice === 'none') return [];
  if (typeof choice === 'string') return tools;
  const named = tools.filter((tool) => tool.name === choice.name);
  if (named.length === 0)
    throw new InvalidInputError(`The choice of tools names ${choice.name}, which is not among them.`);
  return named;
}

function description(tools: readonly Tool[], forced: boolean): string {
  const lines = tools.map(({ name, description: words, parameters }) =>
    JSON.stringify({
      type: 'function',
      function: { name, ...(words === null ? {} : { description: words }), parameters },
    }),
  );
  // The schema keeps the form, so that it need not be explained.
  if (forced) return ['Answer with a call of a function, as JSON with its name and arguments:', ...lines].join('\n');
  return [
    'You may call functions to answer. Their signatures, one JSON object per line:',
    '<tools>',
    ...lines,
    '</tools>',
    'To call one, write a JSON object with its name and arguments between <tool_call> marks:',
    '<tool_call>',
    '{"name": "function-name", "arguments": {"argument": "value"}}',
    '</tool_call>',
  ].join('\n');
}

/** Past calls and answers as the text that they were, or would have been. */
function withoutCalls(message: ChatMessage): ChatMessage {
  const { role, content, images, toolCalls = [] } = message;
  const rest = { role, content, ...(images === undefined ? {} : { images }) };
  if (role === 'tool') {
    return { ...rest, role: 'user', content: `<tool_response>\n${content}\n</tool_response>` };
  }
  if (toolCalls.length === 0) return rest;
  return { ...rest, content: [content, ...toolCalls.map(callText)].filter((text) => text !== '').join('\n') };
}

const callText = ({ name, arguments: given }: ToolCall): string =>
  `<tool_call>\n${JSON.stringify({ name, arguments: given })}\n</tool_call>`;
