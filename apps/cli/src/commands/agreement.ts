import { createInterface } from 'node:readline/promises';
import { InvalidInputError } from '@plimsoll/domain';
import { printable } from '../output/printable.js';
import type { Terminal } from './command-context.js';

/** Asks the person at the terminal, and gives what was typed; empty when nothing was. */
export type Ask = (question: string) => Promise<string>;

/** What somebody has to agree to. */
export interface Agreement {
  /** What it takes, a sentence without its full stop. */
  readonly what: string;
  /** How to allow it where nobody can be asked. */
  readonly allow: string;
  /** What to do instead, for who did not agree. */
  readonly instead: string;
}

/**
 * Goes on only when somebody agrees.
 * @param ask null where there is nobody to be asked
 * @throws InvalidInputError where nobody agreed
 */
export async function demandAgreement({ what, allow, instead }: Agreement, ask: Ask | null): Promise<void> {
  if (ask === null) throw new InvalidInputError(`${what}.`, { hint: allow });
  if (/^y(es)?$/i.test((await ask(`${printable(what)}. Go on? [y/N] `)).trim())) return;
  throw new InvalidInputError('Nothing was made.', { hint: instead });
}

/** Asks with a line editor that lives for one question. */
export function askAt(terminal: Terminal, signal: AbortSignal): Ask {
  return async (question) => {
    const asking = createInterface(terminal);
    try {
      return await asking.question(question, { signal });
    } finally {
      asking.close();
    }
  };
}
