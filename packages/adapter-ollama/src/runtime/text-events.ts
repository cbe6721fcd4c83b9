import type { GenerateEvent } from '@plimsoll/domain';
import type { GenerateAnswer, LogprobAnswer } from '@plimsoll/protocol/ollama';

type TextEvent = Extract<GenerateEvent, { type: 'text' }>;

/** The text pieces of one line of an answer, of `generate` or of `chat`. */
export function textEvents(answer: GenerateAnswer): readonly TextEvent[] {
  const thinking = answer.thinking ?? answer.message?.thinking ?? '';
  const text = answer.response ?? answer.message?.content ?? '';
  return [
    ...(thinking === '' ? [] : [{ type: 'text', text: thinking, thinking: true } as const]),
    ...answerEvents(text, answer.logprobs ?? []),
  ];
}

/** A line may carry several tokens, when a character is made of more than one. */
function answerEvents(text: string, logprobs: readonly LogprobAnswer[]): readonly TextEvent[] {
  const [first, ...others] = logprobs;
  if (first === undefined) return text === '' ? [] : [{ type: 'text', text }];
  if (others.length > 0 && logprobs.map(({ token }) => token).join('') === text) {
    return logprobs.map((logprob) => ({ type: 'text', text: logprob.token, ...fields(logprob) }));
  }
  return [
    { type: 'text', text, ...fields(first) },
    ...others.map((logprob): TextEvent => ({ type: 'text', text: '', ...fields(logprob) })),
  ];
}

function fields({ logprob, top_logprobs }: LogprobAnswer): Pick<TextEvent, 'logprob' | 'topLogprobs'> {
  if (top_logprobs === null || top_logprobs === undefined) return { logprob };
  return { logprob, topLogprobs: top_logprobs.map((one) => ({ token: one.token, logprob: one.logprob })) };
}
