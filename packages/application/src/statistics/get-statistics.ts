import type { MeasurementFilter, MeasurementStore, VariantStatistics } from '@plimsoll/domain';

/** Recorded performance per model and variant: the founding `get_performance_stats()`. */
export class GetStatistics {
  readonly #store: MeasurementStore;

  constructor(store: MeasurementStore) {
    this.#store = store;
  }

  async statistics(filter: MeasurementFilter = {}): Promise<readonly VariantStatistics[]> {
    return this.#store.aggregate(filter);
  }
}
