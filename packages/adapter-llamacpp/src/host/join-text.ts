import type { GenerateEvent } from '@plimsoll/domain';

/**
 * Two pieces of text as one, or null where each has to stay its own: thoughts and answer are told apart, and a piece
 * with log-probabilities is one token. A small model writes a dozen tokens between two messages to the reader; handing
 * them over one by one costs more than computing them.
 */
export function joinText(before: GenerateEvent, next: GenerateEvent): GenerateEvent | null {
  if (before.type !== 'text' || next.type !== 'text' || before.thinking !== next.thinking) return null;
  if (before.logprob !== undefined || next.logprob !== undefined) return null;
  return { ...before, text: before.text + next.text };
}
