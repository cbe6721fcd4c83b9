import { reservationsOf } from './governed-model.js';
import type { GovernorInput } from './governor-state.js';
import { ledgerEntry } from './memory-ledger.js';
import type { LedgerEntry } from './memory-ledger.js';

/** Accounts for every memory that was looked at, in the order of the readings. */
export function ledgerOf({
  memory,
  models,
  limitBytes,
}: Pick<GovernorInput, 'memory' | 'models' | 'limitBytes'>): readonly LedgerEntry[] {
  const reservations = reservationsOf(models);
  return memory.map((reading) => ledgerEntry(reading, reservations, limitBytes?.[reading.domain] ?? null));
}
