import type { GenerateEvent, ToolCall } from '@plimsoll/domain';
import { InvalidInputError } from '@plimsoll/domain';
import type { AnswerFacts, Asked, Codec, StreamFailure, StreamWriter, TextEvent, WholeAnswer } from '../codec.js';
import { DONE, encodeEvent } from '../server-sent-events.js';
import { openAiError, openAiErrorType } from './error-body.js';
import {
  isFields,
  readEffort,
  readFormat,
  readMessages,
  readSampling,
  readToolChoice,
  readTools,
} from './read-chat.js';
import type { ChatCompletionRequest } from './requests.js';
import { writeUsage } from './usage.js';

/** `POST /v1/chat/completions` */
export const chatCompletionCodec: Codec<ChatCompletionRequest> = {
  streamType: 'text/event-stream',
  read(body) {
    if (typeof body['n'] === 'number' && body['n'] !== 1) {
      throw new InvalidInputError('n may only be 1: one answer is written for each request.');
    }
    const maxTokens = body.max_completion_tokens ?? body.max_tokens;
    const kwargs = body['chat_template_kwargs'];
    const enabled = isFields(kwargs) ? kwargs['enable_thinking'] : undefined;
    return {
      stream: body.stream ?? false,
      includeUsage: body.stream_options?.include_usage ?? false,
      request: {
        model: body.model,
        input: { kind: 'chat', messages: readMessages(body.messages) },
        ...readSampling(body),
        ...readFormat(body.response_format),
        ...readTools(body.tools),
        ...readToolChoice(body['tool_choice']),
        ...(maxTokens == null ? {} : { maxTokens }),
        ...(body.logprobs === true ? { topLogprobs: body.top_logprobs ?? 0 } : {}),
        ...(typeof enabled === 'boolean' ? { think: enabled } : readEffort(body['reasoning_effort'])),
      },
    };
  },
  stream: (asked, facts) => new ChunkWriter(asked, facts),
  whole(_asked, facts, answer) {
    return {
      id: `chatcmpl-${facts.id}`,
      object: 'chat.completion',
      created: Math.floor(facts.createdMs / 1000),
      model: facts.model,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: answer.text === '' && answer.toolCalls.length > 0 ? null : answer.text,
            ...reasoning(answer.thinking),
            ...(answer.toolCalls.length === 0 ? {} : { tool_calls: answer.toolCalls.map((call) => writeCall(call)) }),
          },
          logprobs: answer.tokens.length === 0 ? null : writeLogprobs(answer.tokens),
          finish_reason: finishReason(answer.done, answer.toolCalls.length > 0),
        },
      ],
      usage: writeUsage(answer.done.timings),
    };
  },
};

/** Both names that clients read a thought by. */
const reasoning = (text: string): object => (text === '' ? {} : { reasoning: text, reasoning_content: text });

/** Why a choice ended. */
export function finishReason({ stopReason }: WholeAnswer['done'], called: boolean): string {
  if (called) return 'tool_calls';
  return stopReason === 'length' ? 'length' : 'stop';
}

const writeCall = ({ id, name, arguments: given }: ToolCall, index?: number): object => ({
  ...(index === undefined ? {} : { index }),
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(given) },
});

function writeLogprobs(tokens: readonly TextEvent[]): object {
  const write = (token: string, logprob: number | undefined): object => ({
    token,
    logprob,
    bytes: [...Buffer.from(token)],
  });
  return {
    content: tokens.map(({ text, logprob, topLogprobs = [] }) => ({
      ...write(text, logprob),
      top_logprobs: topLogprobs.map((top) => write(top.token, top.logprob)),
    })),
    refusal: null,
  };
}

class ChunkWriter implements StreamWriter {
  readonly #asked: Asked;
  readonly #facts: AnswerFacts;
  #calls = 0;

  constructor(asked: Asked, facts: AnswerFacts) {
    this.#asked = asked;
    this.#facts = facts;
  }

  begin(): string {
    return this.#chunk({ role: 'assistant', content: '' });
  }

  event(event: GenerateEvent): string {
    if (event.type === 'tool-call') return this.#chunk({ tool_calls: [writeCall(event.call, this.#calls++)] });
    if (event.type === 'text') {
      const logprobs = event.logprob === undefined ? null : writeLogprobs([event]);
      return this.#chunk(event.thinking === true ? reasoning(event.text) : { content: event.text }, { logprobs });
    }
    const end = this.#chunk({}, { finish_reason: finishReason(event, this.#calls > 0) });
    const usage = this.#asked.includeUsage
      ? encodeEvent({ ...this.#head(), choices: [], usage: writeUsage(event.timings) })
      : '';
    return end + usage + encodeEvent(DONE);
  }

  alive(): string {
    return ': waiting\n\n';
  }

  failed({ message, status }: StreamFailure): string {
    return encodeEvent(openAiError(message, openAiErrorType(status)));
  }

  #chunk(delta: object, more: object = {}): string {
    return encodeEvent({
      ...this.#head(),
      choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...more }],
    });
  }

  #head(): object {
    const { id, createdMs, model } = this.#facts;
    return { id: `chatcmpl-${id}`, object: 'chat.completion.chunk', created: Math.floor(createdMs / 1000), model };
  }
}
