import type { DecisionOutcome, GovernorDecided, GovernorDecision } from '@plimsoll/domain';

/** A decision, whether it was carried out, and how it turned out. */
export interface LoggedDecision extends GovernorDecided {
  /** Null until it has settled, or where the memory cannot be read. */
  readonly outcome: DecisionOutcome | null;
}

/** The last decisions, newest last. Older ones are forgotten. */
export class DecisionLog {
  readonly #most: number;
  readonly #entries: LoggedDecision[] = [];

  constructor(most = 500) {
    this.#most = most;
  }

  add(entry: LoggedDecision): void {
    this.#entries.push(entry);
    if (this.#entries.length > this.#most) this.#entries.shift();
  }

  /** Adds how a decision turned out. */
  settle(decision: GovernorDecision, outcome: DecisionOutcome | null): void {
    const index = this.#entries.findLastIndex((entry) => entry.decision === decision);
    const entry = this.#entries[index];
    if (entry !== undefined) this.#entries[index] = { ...entry, outcome };
  }

  entries(): readonly LoggedDecision[] {
    return [...this.#entries];
  }
}
