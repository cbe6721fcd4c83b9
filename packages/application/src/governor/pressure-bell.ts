import type { EventBus, GovernorState, LedgerEntry, PressureLevel } from '@plimsoll/domain';

/** Publishes each change of a memory's pressure, once. */
export class PressureBell {
  readonly #events: Pick<EventBus, 'publish'> | undefined;
  readonly #levels = new Map<string, PressureLevel>();

  constructor(events: Pick<EventBus, 'publish'> | undefined) {
    this.#events = events;
  }

  ring(pressure: GovernorState['pressure'], ledger: readonly LedgerEntry[]): void {
    for (const { domain, freeBytes, capacityBytes } of ledger) {
      const level = pressure[domain]?.level ?? 'none';
      if (level === (this.#levels.get(domain) ?? 'none')) continue;
      this.#levels.set(domain, level);
      this.#events?.publish({ type: 'memory-pressure', domain, level, freeBytes, capacityBytes });
    }
  }
}
