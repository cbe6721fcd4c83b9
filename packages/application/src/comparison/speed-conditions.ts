import { InvalidInputError } from '@plimsoll/domain';
import type { SpeedCondition } from '@plimsoll/domain';
import type { CompareRequest } from './compare-request.js';

/**
 * The conditions under which speed is measured besides the plain run: each depth alone, and each number of
 * simultaneous generations of the plain prompt.
 * @throws InvalidInputError for a depth that is no whole number from 0 on, a concurrency that is none from 1 on
 */
export function speedConditions({ depths = [], concurrency = [] }: CompareRequest): readonly SpeedCondition[] {
  check('depth', depths, 0);
  check('concurrency', concurrency, 1);
  return [
    ...[...new Set(depths)].map((depthTokens) => ({ depthTokens, concurrency: 1 })),
    ...[...new Set(concurrency)].map((count) => ({ depthTokens: null, concurrency: count })),
  ];
}

function check(name: string, values: readonly number[], least: number): void {
  const wrong = values.find((value) => !Number.isSafeInteger(value) || value < least);
  if (wrong === undefined) return;
  throw new InvalidInputError(`A ${name} of ${wrong} is no whole number from ${least} on.`);
}

/** Whether two conditions are the same. */
export function sameCondition(a: SpeedCondition | null | undefined, b: SpeedCondition): boolean {
  return a != null && a.depthTokens === b.depthTokens && a.concurrency === b.concurrency;
}

/** A text model's usual letters per token, where the backend does not count a prompt's tokens. */
const LETTERS_PER_TOKEN = 4;

/**
 * A prompt of about so many tokens: the plain one over and over, each time numbered, so that no two beginnings are
 * alike. `measured` is a prompt whose tokens were counted before. The beginning stands whole at any depth.
 */
export function promptOfDepth(
  prompt: string,
  depthTokens: number,
  beginning: string,
  measured: { readonly letters: number; readonly tokens: number | null },
): string {
  const perToken = measured.tokens === null || measured.tokens === 0 ? null : measured.letters / measured.tokens;
  const letters = Math.max(beginning.length, Math.round(depthTokens * (perToken ?? LETTERS_PER_TOKEN)));
  const pieces = [beginning];
  for (let length = beginning.length, part = 1; length < letters; part += 1) {
    const piece = ` ${part}. ${prompt}`;
    pieces.push(piece);
    length += piece.length;
  }
  return pieces.join('').slice(0, letters);
}
