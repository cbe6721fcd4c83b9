/* oxlint-disable typescript/no-explicit-any, typescript/no-unsafe-argument, typescript/no-unsafe-assignment, typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-return -- what APIs answer is looked at field by field, and compared whole */
import type { Answer, Call, Need, Question, Turn } from './scenes.js';

/** How a client of one dialect asks, and reads what it gets. */
export interface Client {
  readonly path: string;
  /** What it cannot say, or be told. */
  readonly lacks: readonly Need[];
  readonly body: (question: Question, stream: boolean) => object;
  readonly whole: (body: Json) => Answer;
  /** From the lines of a stream, or the data of its events. */
  readonly streamed: (pieces: readonly Json[]) => Answer;
}

// Answers of four APIs, which the assertions look at piece by piece.
export type Json = any;

const MODEL = 'tale:1b';
const dataUrl = (image: string): string => `data:image/png;base64,${image}`;
const chatTools = ({ tools }: Question): object =>
  tools === undefined ? {} : { tools: tools.map((tool) => ({ type: 'function', function: tool })) };
const join = (texts: readonly (string | null | undefined)[]): string => texts.map((text) => text ?? '').join('');
const withSystem = ({ system, turns }: Question, turn: (turn: Turn) => object): readonly object[] => [
  ...(system === undefined ? [] : [{ role: 'system', content: system }]),
  ...turns.map(turn),
];
const given = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
const stopOf = (reason: string, calls: number): Answer['stop'] =>
  calls > 0 ? 'call' : /length|max_/.test(reason) ? 'length' : 'stop';
const named = ({ name, arguments: args }: { name: string; arguments: string }): Omit<Call, 'id'> => ({
  name,
  arguments: JSON.parse(args) as Call['arguments'],
});

const ollamaOptions = ({ maxTokens, temperature, stop }: Question): object => ({
  options: given({ num_predict: maxTokens, temperature, stop }),
});
const ollamaAnswer = (text: string, thinking: string, calls: readonly Json[], last: Json): Answer => ({
  ...{ text, thinking, calls: calls.map(({ function: call }) => ({ name: call.name, arguments: call.arguments })) },
  stop: stopOf(String(last.done_reason), calls.length),
  promptTokens: Number(last.prompt_eval_count),
  generatedTokens: Number(last.eval_count),
});

const openAiAnswer = (choice: Json, usage: Json): Answer => ({
  text: choice.content ?? '',
  thinking: choice.reasoning_content ?? '',
  calls: (choice.tool_calls ?? []).map((call: Json) => named(call.function)),
  stop: stopOf(choice.finish_reason, (choice.tool_calls ?? []).length),
  promptTokens: usage.prompt_tokens,
  generatedTokens: usage.completion_tokens,
});
const openAiOptions = ({ maxTokens, temperature, stop }: Question, stream: boolean): object =>
  given({
    ...{ temperature, stop, max_tokens: maxTokens },
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
  });

const responsesAnswer = (response: Json): Answer => {
  const of = (type: string): readonly Json[] => response.output.filter((item: Json) => item.type === type);
  const calls = of('function_call');
  return {
    text: join(of('message').flatMap(({ content }) => content.map(({ text }: Json) => text))),
    thinking: join(of('reasoning').flatMap(({ summary }) => summary.map(({ text }: Json) => text))),
    calls: calls.map(named),
    stop: stopOf(response.incomplete_details?.reason === 'max_output_tokens' ? 'length' : 'stop', calls.length),
    promptTokens: response.usage.input_tokens,
    generatedTokens: response.usage.output_tokens,
  };
};

const anthropicAnswer = (blocks: readonly Json[], reason: string, usage: Json): Answer => {
  const of = (type: string): readonly Json[] => blocks.filter((block) => block.type === type);
  return {
    text: join(of('text').map(({ text }) => text)),
    thinking: join(of('thinking').map(({ thinking }) => thinking)),
    calls: of('tool_use').map(({ name, input }) => ({ name, arguments: input })),
    stop: stopOf(reason, of('tool_use').length),
    promptTokens: usage.input_tokens,
    generatedTokens: usage.output_tokens,
  };
};

export const CLIENTS: Readonly<Record<string, Client>> = {
  'ollama chat': {
    path: '/api/chat',
    lacks: ['forced tools'],
    body: (question, stream) => ({
      ...{ model: MODEL, stream, ...ollamaOptions(question), ...chatTools(question) },
      ...given({ think: question.think, format: question.schema }),
      messages: withSystem(question, (turn) => ({
        role: turn.role,
        content: turn.text,
        ...('image' in turn ? { images: [turn.image] } : {}),
        ...(turn.role === 'tool' ? { tool_call_id: turn.callId } : {}),
        ...('call' in turn
          ? { tool_calls: [{ id: turn.call.id, function: { name: turn.call.name, arguments: turn.call.arguments } }] }
          : {}),
      })),
    }),
    whole: (body) =>
      ollamaAnswer(body.message.content, body.message.thinking ?? '', body.message.tool_calls ?? [], body),
    streamed: (lines) =>
      ollamaAnswer(
        join(lines.map(({ message }) => message.content)),
        join(lines.map(({ message }) => message.thinking)),
        lines.flatMap(({ message }) => message.tool_calls ?? []),
        lines.at(-1),
      ),
  },
  'ollama generate': {
    path: '/api/generate',
    lacks: ['chat', 'tools', 'forced tools'],
    body: (question, stream) => {
      const [turn] = question.turns;
      return {
        ...{ model: MODEL, stream, ...ollamaOptions(question), prompt: turn?.text },
        ...given({ think: question.think, format: question.schema }),
        ...(turn !== undefined && 'image' in turn ? { images: [turn.image] } : {}),
      };
    },
    whole: (body) => ollamaAnswer(body.response, body.thinking ?? '', [], body),
    streamed: (lines) =>
      ollamaAnswer(
        join(lines.map(({ response }) => response)),
        join(lines.map(({ thinking }) => thinking)),
        [],
        lines.at(-1),
      ),
  },
  'openai chat': {
    path: '/v1/chat/completions',
    lacks: [],
    body: (question, stream) => ({
      ...{ model: MODEL, ...openAiOptions(question, stream), ...chatTools(question) },
      ...given({ tool_choice: question.toolChoice }),
      ...(question.think === undefined ? {} : { chat_template_kwargs: { enable_thinking: question.think } }),
      ...(question.schema === undefined
        ? {}
        : { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: question.schema } } }),
      messages: withSystem(question, (turn) => ({
        role: turn.role,
        content:
          'image' in turn
            ? [
                { type: 'text', text: turn.text },
                { type: 'image_url', image_url: { url: dataUrl(turn.image) } },
              ]
            : turn.text,
        ...(turn.role === 'tool' ? { tool_call_id: turn.callId } : {}),
        ...('call' in turn
          ? {
              tool_calls: [
                {
                  ...{ id: turn.call.id, type: 'function' },
                  function: { name: turn.call.name, arguments: JSON.stringify(turn.call.arguments) },
                },
              ],
            }
          : {}),
      })),
    }),
    whole: ({ choices: [choice], usage }) =>
      openAiAnswer({ ...choice.message, finish_reason: choice.finish_reason }, usage),
    streamed: (chunks) => {
      const choices = chunks.flatMap(({ choices: some }) => some);
      const deltas = choices.map(({ delta }) => delta);
      const joined = {
        content: join(deltas.map(({ content }) => content)),
        reasoning_content: join(deltas.map(({ reasoning_content: text }) => text)),
        tool_calls: deltas.flatMap(({ tool_calls: calls }) => calls ?? []),
        finish_reason: choices.at(-1).finish_reason,
      };
      return openAiAnswer(joined, chunks.at(-1).usage);
    },
  },
  'openai responses': {
    path: '/v1/responses',
    lacks: ['stop'],
    body: (question, stream) => ({
      ...{ model: MODEL, stream, ...given({ temperature: question.temperature, tool_choice: question.toolChoice }) },
      ...given({ instructions: question.system, max_output_tokens: question.maxTokens }),
      ...(question.think === undefined ? {} : { reasoning: { effort: question.think ? 'high' : 'none' } }),
      ...(question.tools === undefined ? {} : { tools: question.tools.map((tool) => ({ type: 'function', ...tool })) }),
      ...(question.schema === undefined
        ? {}
        : { text: { format: { type: 'json_schema', name: 'answer', schema: question.schema } } }),
      input: question.turns.map((turn) => {
        const image = 'image' in turn ? turn.image : undefined;
        const picture = image === undefined ? [] : [{ type: 'input_image', image_url: dataUrl(image) }];
        if (turn.role === 'tool') {
          const output = image === undefined ? turn.text : [{ type: 'input_text', text: turn.text }, ...picture];
          return { type: 'function_call_output', call_id: turn.callId, output };
        }
        if (turn.role === 'assistant' && turn.call !== undefined) {
          const { id, name, arguments: args } = turn.call;
          return { type: 'function_call', call_id: id, name, arguments: JSON.stringify(args) };
        }
        const type = turn.role === 'user' ? 'input_text' : 'output_text';
        return { role: turn.role, content: [{ type, text: turn.text }, ...picture] };
      }),
    }),
    whole: responsesAnswer,
    streamed: (events) => responsesAnswer(events.at(-1).response),
  },
  'openai completions': {
    path: '/v1/completions',
    lacks: ['chat', 'tools', 'forced tools', 'schema', 'image', 'thinking', 'think'],
    body: (question, stream) => ({
      ...{ model: MODEL, prompt: question.turns[0]?.text, ...openAiOptions(question, stream) },
    }),
    whole: ({ choices: [choice], usage }) =>
      openAiAnswer({ content: choice.text, finish_reason: choice.finish_reason }, usage),
    streamed: (chunks) => {
      const choices = chunks.flatMap(({ choices: some }) => some);
      const content = join(choices.map(({ text }) => text));
      return openAiAnswer({ content, finish_reason: choices.at(-1).finish_reason }, chunks.at(-1).usage);
    },
  },
  'anthropic messages': {
    path: '/v1/messages',
    lacks: [],
    body: ({ system, turns, tools, toolChoice, schema, maxTokens, temperature, stop, think }, stream) => ({
      ...{ model: MODEL, stream, max_tokens: maxTokens ?? 4096, ...given({ system, temperature }) },
      ...given({ stop_sequences: stop }),
      ...(think === undefined ? {} : { thinking: { type: think ? 'enabled' : 'disabled', budget_tokens: 1024 } }),
      ...(schema === undefined ? {} : { output_config: { format: { type: 'json_schema', schema } } }),
      ...(toolChoice === undefined ? {} : { tool_choice: { type: 'any' } }),
      ...(tools === undefined
        ? {}
        : {
            tools: tools.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters })),
          }),
      messages: turns.map((turn) => {
        const image = 'image' in turn ? turn.image : undefined;
        const source = { type: 'base64', media_type: 'image/png', data: image };
        const picture = image === undefined ? [] : [{ type: 'image', source }];
        const text = [{ type: 'text', text: turn.text }];
        if (turn.role === 'tool') {
          const result = { type: 'tool_result', tool_use_id: turn.callId, content: [...text, ...picture] };
          return { role: 'user', content: [result] };
        }
        if (turn.role === 'assistant' && turn.call !== undefined) {
          const { id, name, arguments: input } = turn.call;
          return { role: 'assistant', content: [{ type: 'tool_use', id, name, input }] };
        }
        return { role: turn.role, content: [...text, ...picture] };
      }),
    }),
    whole: ({ content, stop_reason: reason, usage }) => anthropicAnswer(content, reason, usage),
    streamed: (events) => {
      const blocks = events
        .filter(({ type }) => type === 'content_block_start')
        .map(({ index, content_block: block }) => {
          const deltas = events.filter((event) => event.type === 'content_block_delta' && event.index === index);
          const text = (name: string): string => join(deltas.map(({ delta }) => delta[name]));
          if (block.type === 'tool_use') return { ...block, input: JSON.parse(text('partial_json')) };
          return { ...block, text: text('text'), thinking: text('thinking') };
        });
      const end = events.find(({ type }) => type === 'message_delta');
      return anthropicAnswer(blocks, end.delta.stop_reason, end.usage);
    },
  },
};
