import type { GovernorDecision } from './governor-state.js';
import type { LedgerEntry, MemoryDomain } from './memory-ledger.js';

/** How a decision turned out. */
export interface DecisionOutcome {
  readonly domain: MemoryDomain;
  readonly predictedFreeBytes: number;
  readonly observedFreeBytes: number;
  /** Observed less predicted; foreign programs that moved meanwhile are counted out. */
  readonly errorBytes: number;
}

/**
 * What a decision predicted beside what the ledger says once it has settled. `foreignBytesBefore` is what other programs
 * held when it was taken. Null when the memory is not known.
 */
export function outcomeOf(
  { prediction }: GovernorDecision,
  after: LedgerEntry,
  foreignBytesBefore: number | null,
): DecisionOutcome | null {
  const { domain, freeBytesAfter } = prediction;
  if (domain !== after.domain || freeBytesAfter === null || after.freeBytes === null) return null;
  const moved =
    foreignBytesBefore === null || after.foreignBytes === null ? 0 : after.foreignBytes - foreignBytesBefore;
  const errorBytes = after.freeBytes + moved - freeBytesAfter;
  return { domain, predictedFreeBytes: freeBytesAfter, observedFreeBytes: after.freeBytes, errorBytes };
}
