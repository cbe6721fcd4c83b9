import type {
  CallOptions,
  Measurement,
  MeasurementFilter,
  MeasurementStore,
  VariantStatistics,
} from '@plimsoll/domain';

/**
 * A store that is opened when it is first needed, and, as long as `exists` says that nothing was ever recorded, not
 * opened for questions at all: a command that only asks leaves no empty database behind.
 */
export class LazyMeasurementStore implements MeasurementStore {
  readonly #open: () => Promise<MeasurementStore>;
  readonly #exists: () => boolean;

  constructor(open: () => Promise<MeasurementStore>, exists: () => boolean) {
    this.#open = open;
    this.#exists = exists;
  }

  async append(measurements: readonly Measurement[], options?: CallOptions): Promise<void> {
    await (await this.#open()).append(measurements, options);
  }

  async query(filter?: MeasurementFilter, options?: CallOptions): Promise<readonly Measurement[]> {
    return this.#exists() ? (await this.#open()).query(filter, options) : [];
  }

  async aggregate(filter?: MeasurementFilter, options?: CallOptions): Promise<readonly VariantStatistics[]> {
    return this.#exists() ? (await this.#open()).aggregate(filter, options) : [];
  }

  /** Whoever gave the store closes it. */
  async close(): Promise<void> {
    return Promise.resolve();
  }
}
