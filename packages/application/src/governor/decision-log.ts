import type { DecisionOutcome, GovernorDecided } from '@plimsoll/domain';

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

  /** Adds how the last decision turned out, unless that is known already. */
  settle(outcomeOf: (entry: LoggedDecision) => DecisionOutcome | null): void {
    const last = this.#entries.at(-1);
    if (last === undefined || last.outcome !== null || last.carriedOut !== 'done') return;
    this.#entries[this.#entries.length - 1] = { ...last, outcome: outcomeOf(last) };
  }

  entries(): readonly LoggedDecision[] {
    return [...this.#entries];
  }
}
