import type { GovernorPolicy } from './governor-policy.js';
import type { GovernorInput, GovernorState, HoldReason } from './governor-state.js';
import type { LedgerEntry, MemoryDomain } from './memory-ledger.js';
import type { GovernorAction } from './governor-action.js';

/** What a rule looks at. */
export interface RuleContext {
  readonly policy: GovernorPolicy;
  /** After the readings were taken in. */
  readonly state: GovernorState;
  readonly input: GovernorInput;
  readonly ledger: readonly LedgerEntry[];
}

/** What a rule says. */
export type Proposal =
  | { readonly kind: 'pass' }
  | { readonly kind: 'hold'; readonly reason: HoldReason }
  | {
      readonly kind: 'step';
      readonly action: GovernorAction;
      readonly direction: 'down' | 'up';
      /** The memory it is about; null when it is about none. */
      readonly domain: MemoryDomain | null;
      /** Bytes it frees there; negative for a step up. */
      readonly reclaimBytes: number;
    };

/** Nothing to do for this rule. */
export const PASS: Proposal = { kind: 'pass' };

/** A ledger entry that is known and fresh. */
export type KnownEntry = LedgerEntry & { readonly capacityBytes: number; readonly freeBytes: number };

/** Whether a memory's account rests on a reading that is complete and not too old. */
export function isKnown(entry: LedgerEntry, { policy, input }: RuleContext): entry is KnownEntry {
  return entry.capacityBytes !== null && entry.freeBytes !== null && input.nowMs - entry.atMs <= policy.staleMs;
}
