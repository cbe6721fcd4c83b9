import { z } from 'zod';
import type { TokenLogprob } from '@plimsoll/domain';

/** Log-probability of a generated token and its alternatives. */
export interface ReportedLogprobs {
  readonly logprob: number | undefined;
  readonly topLogprobs: readonly TokenLogprob[];
}

const token = z.object({ token: z.string(), logprob: z.number() });

/** Chat completions everywhere; llama-server answers plain completions like this, too. */
const chatShape = z.object({ content: z.array(token.extend({ top_logprobs: z.array(token).nullish() })) });

/** Plain completions of OpenAI and vLLM: parallel arrays. */
const completionShape = z.object({
  token_logprobs: z.array(z.number().nullable()),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
});

/**
 * Reads the `logprobs` of a streamed choice; null when there are none.
 * A chunk with several tokens yields the last one's alternatives and the sum of the log-probabilities.
 */
export function parseLogprobs(value: unknown): ReportedLogprobs | null {
  const chat = chatShape.safeParse(value);
  if (chat.success) {
    const { content } = chat.data;
    const last = content.at(-1);
    if (last === undefined) return null;
    const top = last.top_logprobs ?? [];
    return {
      logprob: content.reduce((sum, { logprob }) => sum + logprob, 0),
      topLogprobs: top.map(({ token: text, logprob }) => ({ token: text, logprob })),
    };
  }
  const completion = completionShape.safeParse(value);
  if (!completion.success || completion.data.token_logprobs.length === 0) return null;
  const logprobs = completion.data.token_logprobs.filter((logprob) => logprob !== null);
  const top = completion.data.top_logprobs?.at(-1) ?? {};
  return {
    logprob: logprobs.length === 0 ? undefined : logprobs.reduce((sum, logprob) => sum + logprob, 0),
    topLogprobs: Object.entries(top)
      .map(([text, logprob]) => ({ token: text, logprob }))
      .sort((a, b) => b.logprob - a.logprob),
  };
}
