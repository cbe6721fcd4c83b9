import { CapabilityMissingError } from '@plimsoll/domain';
import type { CallOptions, GenerateEvent, GenerateRequest, ModelRuntime } from '@plimsoll/domain';
import { ToolCallSplitter } from './tool-call-splitter.js';
import { isForced, withToolsInPrompt } from './tools-in-prompt.js';

/**
 * Generates with tools on any runtime: one that hands tools on gets them; for another they are described in the
 * prompt, and their calls are read from the text.
 * @throws CapabilityMissingError when a call is required and the runtime can neither hand tools on nor keep a schema.
 */
export async function* generateWithTools(
  runtime: Pick<ModelRuntime, 'capabilities' | 'generate'>,
  request: GenerateRequest,
  options: CallOptions,
  newId: () => string,
): AsyncIterable<GenerateEvent> {
  const { tools: handsOn = false, jsonSchema } = runtime.capabilities;
  if (handsOn || !hasTools(request)) {
    yield* runtime.generate(request, options);
    return;
  }
  const offers = (request.tools?.length ?? 0) > 0 && request.toolChoice !== 'none';
  const forced = offers && isForced(request.toolChoice);
  if (forced && !jsonSchema) {
    throw new CapabilityMissingError('This backend cannot be made to call a tool.', {
      hint: 'Set the choice of tools to "auto".',
    });
  }
  const splitter = offers ? new ToolCallSplitter(newId, forced) : null;
  for await (const event of runtime.generate(withToolsInPrompt(request), options)) {
    if (splitter === null) yield event;
    else yield* splitter.push(event);
  }
}

function hasTools({ tools = [], input }: GenerateRequest): boolean {
  if (tools.length > 0) return true;
  return (
    input.kind === 'chat' && input.messages.some(({ role, toolCalls = [] }) => role === 'tool' || toolCalls.length > 0)
  );
}
