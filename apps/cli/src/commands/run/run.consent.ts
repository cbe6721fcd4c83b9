import { createInterface } from 'node:readline/promises';
import { InvalidInputError, type PlanCandidate } from '@plimsoll/domain';
import { formatBytes } from '../../output/format.js';
import { printable } from '../../output/printable.js';
import type { Terminal } from '../command-context.js';

/** Asks the person at the terminal, and gives what was typed; empty when nothing was. */
export type Ask = (question: string) => Promise<string>;

/** What is written or fetched without a question, in bytes. */
const LARGE_BYTES = 1e9;

/**
 * Lets a large variant be made or fetched only by somebody who agrees.
 * @param ask null where there is nobody to be asked
 * @throws InvalidInputError where nobody agreed
 */
export async function demandConsent(model: string, candidate: PlanCandidate, ask: Ask | null): Promise<void> {
  const { status, sizeBytes } = candidate.variant;
  if (status !== 'remote' && status !== 'buildable') return;
  const { devices, host } = candidate.footprint;
  const bytes = sizeBytes ?? devices.reduce((sum, { weightsBytes }) => sum + weightsBytes, host.weightsBytes);
  if (bytes <= LARGE_BYTES) return;
  const what = `${status === 'remote' ? 'Downloading' : 'Making'} ${model} at ${candidate.level} takes ${formatBytes(bytes)}`;
  if (ask === null) {
    throw new InvalidInputError(`${what}.`, { hint: 'Give --yes to allow it, or --no-make to run what is here.' });
  }
  if (/^y(es)?$/i.test((await ask(`${printable(what)}. Go on? [y/N] `)).trim())) return;
  throw new InvalidInputError('Nothing was made.', {
    hint: 'Run what is here with --no-make, or choose with --level.',
  });
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
