import type { TokenLogprob } from '@plimsoll/domain';
import {
  chatLogprobs,
  completionLogprobs,
  type ChatLogprobs,
  type CompletionLogprobs,
} from '@plimsoll/protocol/openai';

/** Log-probability of a generated token and its alternatives. */
export interface ReportedLogprobs {
  readonly logprob: number | undefined;
  readonly topLogprobs: readonly TokenLogprob[];
}

/**
 * Reads the `logprobs` of a streamed choice; null when there are none.
 * A chunk with several tokens yields the last one's alternatives and the sum of the log-probabilities.
 */
export function reportedLogprobs(value: unknown): ReportedLogprobs | null {
  const chat = chatLogprobs.safeParse(value);
  if (chat.success) return ofChat(chat.data);
  const completion = completionLogprobs.safeParse(value);
  return completion.success ? ofCompletion(completion.data) : null;
}

function ofChat({ content }: ChatLogprobs): ReportedLogprobs | null {
  const last = content.at(-1);
  if (last === undefined) return null;
  return {
    logprob: content.reduce((sum, { logprob }) => sum + logprob, 0),
    topLogprobs: (last.top_logprobs ?? []).map(({ token, logprob }) => ({ token, logprob })),
  };
}

function ofCompletion({ token_logprobs, top_logprobs }: CompletionLogprobs): ReportedLogprobs | null {
  if (token_logprobs.length === 0) return null;
  const logprobs = token_logprobs.filter((logprob) => logprob !== null);
  return {
    logprob: logprobs.length === 0 ? undefined : logprobs.reduce((sum, logprob) => sum + logprob, 0),
    topLogprobs: Object.entries(top_logprobs?.at(-1) ?? {})
      .map(([token, logprob]) => ({ token, logprob }))
      .sort((a, b) => b.logprob - a.logprob),
  };
}
