import type { GenerationTimings, ToolCall } from '@plimsoll/domain';
import type { AnswerFacts, Asked, WholeAnswer } from '../codec.js';

/** How a response stands at its end. */
export const statusOf = ({ stopReason }: WholeAnswer['done']): 'completed' | 'incomplete' =>
  stopReason === 'length' ? 'incomplete' : 'completed';

/** A response as it is at the moment. */
export function writeResponse(
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

/** What the model says. */
export const messageItem = (id: string, text: string, status: string): object => ({
  ...{ id: `msg_${id}`, type: 'message', role: 'assistant', status },
  content: status === 'in_progress' ? [] : [textPart(text)],
});
/** The text of a message. */
export const textPart = (text: string): object => ({ type: 'output_text', text, annotations: [], logprobs: [] });
/** What the model thinks. */
export const reasoningItem = (id: string, text: string): object => ({
  ...{ id: `rs_${id}`, type: 'reasoning', summary: text === '' ? [] : [{ type: 'summary_text', text }] },
});
/** A call of a function. */
export const callItem = (call: ToolCall, status: string): object => ({
  ...{ id: `fc_${call.id}`, type: 'function_call', status, call_id: call.id, name: call.name },
  arguments: status === 'in_progress' ? '' : JSON.stringify(call.arguments),
});

/** The items of a whole answer: thoughts, text, calls. */
export function outputOf({ id }: AnswerFacts, { text, thinking, toolCalls }: WholeAnswer): readonly object[] {
  return [
    ...(thinking === '' ? [] : [reasoningItem(id, thinking)]),
    ...(text === '' && toolCalls.length > 0 ? [] : [messageItem(id, text, 'completed')]),
    ...toolCalls.map((call) => callItem(call, 'completed')),
  ];
}
