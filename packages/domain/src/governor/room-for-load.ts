import { incomingBytes } from './admit.js';
import { expectedBytes, reservationsOf } from './governed-model.js';
import type { GovernedModel } from './governed-model.js';
import type { GovernorInput } from './governor-state.js';
import type { Rung } from './ladder.js';
import { ledgerEntry } from './memory-ledger.js';

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
  const reservations = reservationsOf(input.models);
  const answers = input.memory.map((reading) => {
    const needed = expectedBytes(model, rung, reading.domain);
    if (needed === 0) return true;
    const limit = input.limitBytes?.[reading.domain] ?? null;
    const { freeBytes, capacityBytes } = ledgerEntry(reading, reservations, limit);
    if (freeBytes === null || capacityBytes === null) return null;
    const others = input.models.filter(({ name }) => name !== model.name);
    return freeBytes - incomingBytes(others, reading.domain) - needed >= capacityBytes * keepShare;
  });
  return answers.includes(false) ? false : answers.includes(null) ? null : true;
}
