import type { GenerateEvent } from '@plimsoll/domain';
import { InvalidInputError } from '@plimsoll/domain';
import type { AnswerFacts, Codec, StreamFailure, TextEvent } from '../codec.js';
import { DONE, encodeEvent } from '../server-sent-events.js';
import { finishReason } from './chat-codec.js';
import { openAiError, openAiErrorType } from './error-body.js';
import { readSampling } from './read-chat.js';
import type { CompletionRequest } from './requests.js';
import { writeUsage } from './usage.js';

/** `POST /v1/completions`: a text is continued as it stands. */
export const completionCodec: Codec<CompletionRequest> = {
  streamType: 'text/event-stream',
  read(body) {
    const prompts = typeof body.prompt === 'string' ? [body.prompt] : body.prompt;
    const [prompt] = prompts;
    if (prompt === undefined || prompts.length > 1) {
      throw new InvalidInputError('One prompt is answered for each request.');
    }
    return {
      stream: body.stream ?? false,
      includeUsage: body.stream_options?.include_usage ?? false,
      request: {
        model: body.model,
        input: { kind: 'prompt', prompt, raw: true, ...(body.suffix ? { suffix: body.suffix } : {}) },
        ...readSampling(body),
        ...(body.max_tokens == null ? {} : { maxTokens: body.max_tokens }),
        ...(body.logprobs == null ? {} : { topLogprobs: body.logprobs }),
      },
    };
  },
  stream(asked, facts) {
    const chunk = (choice: object): string => encodeEvent({ ...head(facts), choices: [{ index: 0, ...choice }] });
    return {
      begin: () => '',
      event(event: GenerateEvent) {
        if (event.type === 'tool-call') return '';
        if (event.type === 'text') {
          const logprobs = event.logprob === undefined ? null : writeLogprobs([event]);
          return chunk({ text: event.text, logprobs, finish_reason: null });
        }
        const end = chunk({ text: '', logprobs: null, finish_reason: finishReason(event, false) });
        const usage = asked.includeUsage
          ? encodeEvent({ ...head(facts), choices: [], usage: writeUsage(event.timings) })
          : '';
        return end + usage + encodeEvent(DONE);
      },
      alive: () => ': waiting\n\n',
      failed: ({ message, status }: StreamFailure) => encodeEvent(openAiError(message, openAiErrorType(status))),
    };
  },
  whole: (_asked, facts, answer) => ({
    ...head(facts),
    choices: [
      {
        index: 0,
        text: answer.text,
        logprobs: answer.tokens.length === 0 ? null : writeLogprobs(answer.tokens),
        finish_reason: finishReason(answer.done, false),
      },
    ],
    usage: writeUsage(answer.done.timings),
  }),
};

const head = ({ id, createdMs, model }: AnswerFacts): object => ({
  id: `cmpl-${id}`,
  object: 'text_completion',
  created: Math.floor(createdMs / 1000),
  model,
});

function writeLogprobs(tokens: readonly TextEvent[]): object {
  return {
    tokens: tokens.map(({ text }) => text),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ topLogprobs = [] }) =>
      Object.fromEntries(topLogprobs.map(({ token, logprob }) => [token, logprob])),
    ),
  };
}
