import type { NotMeasuredReason } from '@plimsoll/application';
import { wordsOf } from './words-by-kind.js';
import type { WordsByKind } from './words-by-kind.js';

const REASONS: WordsByKind<NotMeasuredReason> = {
  'no-log-probabilities': ({ backend }) =>
    `The ${backend} backend gives no log-probabilities of a given text. The embedded engine and llama-server do.`,
  refused: ({ message, hint }) => (hint === null ? message : `${message} ${hint}`),
  'no-judge': ({ prompts }) =>
    `${prompts === 1 ? '1 prompt has' : `${prompts} prompts have`} no known answer and nothing to judge the answers by. Give each an "expected", or use a grader.`,
};

/** Why something could not be measured, in sentences. */
export const notMeasuredWords = (reason: NotMeasuredReason): string => wordsOf(REASONS, reason);
