import { incomingBytes } from './admit.js';
import { expectedBytes } from './governed-model.js';
import type { GovernedModel } from './governed-model.js';
import type { GovernorInput } from './governor-state.js';
import type { Rung } from './ladder.js';
import { ledgerOf } from './ledger-of.js';

/**
 * Whether a rung can be loaded now beside all that is loaded, with that share of each memory left free. Null when a
 * memory that it needs is not known.
 */
export function hasRoomForLoad(
  input: Pick<GovernorInput, 'memory' | 'models' | 'limitBytes'>,
  model: GovernedModel,
  rung: Rung,
  keepShare: number,
): boolean | null {
  const answers = ledgerOf(input).map(({ domain, freeBytes, capacityBytes }) => {
    const needed = expectedBytes(model, rung, domain);
    if (needed === 0) return true;
    if (freeBytes === null || capacityBytes === null) return null;
    const others = input.models.filter(({ name }) => name !== model.name);
    return freeBytes - incomingBytes(others, domain) - needed >= capacityBytes * keepShare;
  });
  return answers.includes(false) ? false : answers.includes(null) ? null : true;
}
