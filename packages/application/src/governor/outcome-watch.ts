import { outcomeOf } from '@plimsoll/domain';
import type { GovernorDecision, LedgerEntry } from '@plimsoll/domain';
import type { DecisionLog } from './decision-log.js';

/** A decision, what others held in its memory when it was taken, and when readings show what came of it. */
interface WatchedDecision {
  readonly decision: GovernorDecision;
  readonly foreignBefore: number | null;
  /** Null while it is being carried out. */
  readonly dueMs: number | null;
}

/** Writes down how decisions turned out, as far as readings can tell. */
export class OutcomeWatch {
  readonly #log: Pick<DecisionLog, 'settle'>;
  /** Decisions that are being carried out. */
  #underWay = 0;
  /** The decision whose outcome is still to be seen; null when there is none, or several would blur it. */
  #watched: WatchedDecision | null = null;

  constructor(log: Pick<DecisionLog, 'settle'>) {
    this.#log = log;
  }

  /** A decision was carried out at once; readings show it from `dueMs` on. */
  done(decision: GovernorDecision, ledger: readonly LedgerEntry[], dueMs: number): void {
    this.#watch(decision, ledger, dueMs);
  }

  /** A decision begins to be carried out. */
  begun(decision: GovernorDecision, ledger: readonly LedgerEntry[]): void {
    this.#watch(decision, ledger, null);
    this.#underWay += 1;
  }

  /** It has been carried out, or has failed: then there is nothing to see. */
  ended(decision: GovernorDecision, isDone: boolean, dueMs: number): void {
    this.#underWay -= 1;
    if (this.#watched?.decision === decision) this.#watched = isDone ? { ...this.#watched, dueMs } : null;
  }

  /** Looks at what the last decision came to, once readings can show it. */
  settle(nowMs: number, ledger: readonly LedgerEntry[]): void {
    if (this.#watched === null || nowMs < (this.#watched.dueMs ?? Number.POSITIVE_INFINITY)) return;
    const { decision, foreignBefore } = this.#watched;
    const after = ledger.find(({ domain }) => domain === decision.prediction.domain);
    this.#log.settle(decision, after === undefined ? null : outcomeOf(decision, after, foreignBefore));
    this.#watched = null;
  }

  #watch(decision: GovernorDecision, ledger: readonly LedgerEntry[], dueMs: number | null): void {
    const { domain } = decision.prediction;
    const foreignBefore = ledger.find((entry) => entry.domain === domain)?.foreignBytes ?? null;
    this.#watched = this.#underWay > 0 ? null : { decision, foreignBefore, dueMs };
  }
}
