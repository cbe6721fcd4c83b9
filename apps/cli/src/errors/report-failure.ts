import { inspect } from 'node:util';
import { wayOut, type ErrorDocument } from '@plimsoll/contract';
import { isPlimsollError } from '@plimsoll/domain';
import { printableSentence } from '../output/printable.js';
import type { Style } from '../output/style.js';
import { EXIT, EXIT_CODE_OF } from './exit-codes.js';
import { remedyCommand } from './remedy-commands.js';
import { systemFailure } from './system-failure.js';

/** A caught value as the program reports it. */
export function describeFailure(failure: unknown): ErrorDocument {
  if (isPlimsollError(failure)) {
    const exitCode = EXIT_CODE_OF[failure.code];
    const { code, message } = failure;
    return { schema: 'plimsoll.error/1', code, message, hint: wayOut(failure, remedyCommand), exitCode };
  }
  if (isAbort(failure)) {
    return {
      schema: 'plimsoll.error/1',
      code: 'cancelled',
      message: 'Interrupted.',
      hint: null,
      exitCode: EXIT.interrupted,
    };
  }
  const refused = systemFailure(failure);
  if (refused !== null)
    return { schema: 'plimsoll.error/1', code: 'storage-failed', ...refused, exitCode: EXIT.failed };
  const message = failure instanceof Error && failure.message !== '' ? failure.message : String(failure);
  return {
    schema: 'plimsoll.error/1',
    code: 'unexpected',
    message: `Something went wrong that should not: ${message}`,
    hint: 'Run the same command with PLIMSOLL_DEBUG=1 to see where, and please report it.',
    exitCode: EXIT.failed,
  };
}

/** Lines of the way out; foreign text in one may hold any number of line breaks. */
const MOST_HINT_LINES = 8;

/** The message for people: what happened, and the way out below it. */
export function renderFailure(document: ErrorDocument, style: Style): string {
  const lines = [
    `${style.red(document.code === 'cancelled' ? 'Stopped:' : 'Error:')} ${printableSentence(document.message)}`,
  ];
  if (document.hint !== null)
    lines.push(...document.hint.split('\n', MOST_HINT_LINES).map((line) => `  ${printableSentence(line)}`));
  return lines.join('\n');
}

/** The stack of a failure and of everything that caused it; for `PLIMSOLL_DEBUG`. */
export function renderStack(failure: unknown): string {
  const stacks: string[] = [];
  for (let current = failure, depth = 0; current !== undefined && depth < 8; depth++) {
    stacks.push(current instanceof Error ? (current.stack ?? current.message) : inspect(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return stacks.join('\ncaused by: ');
}

function isAbort(failure: unknown): boolean {
  return failure instanceof Error && failure.name === 'AbortError';
}
