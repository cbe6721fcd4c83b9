import type { Warning } from '@plimsoll/application';
import { wayOut } from './remedy.words.js';
import type { RemedyWords } from './remedy.words.js';
import { wordsOf } from './words-by-kind.js';
import type { WordsByKind } from './words-by-kind.js';

const WARNINGS: WordsByKind<Warning, [RemedyWords | undefined]> = {
  'other-variant': ({ variant, model, level, error, isBeingMade }, words) =>
    isBeingMade === true
      ? `${variant} answers until ${level} of ${model} has been made.`
      : [`${variant} answers, for there is no ${level} of ${model} now: ${error.message}`, wayOut(error, words)]
          .filter((part) => part !== null)
          .join(' '),
  'not-recorded': ({ message }) => `The call could not be recorded: ${message}`,
  'records-unreadable': ({ message }) => `Planned without what was measured here. ${message}`,
  configuration: ({ message }) => message,
};

/** A warning in sentences; `words` are the front end's for what mends it. */
export const warningWords = (warning: Warning, words?: RemedyWords): string => wordsOf(WARNINGS, warning, words);
