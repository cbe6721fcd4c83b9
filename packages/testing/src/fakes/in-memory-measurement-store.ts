import { CallStatistics, isOfKind, throwIfCancelled } from '@plimsoll/domain';
import type {
  CallOptions,
  Measurement,
  MeasurementFilter,
  MeasurementStore,
  VariantStatistics,
} from '@plimsoll/domain';

const matches = (measurement: Measurement, filter: MeasurementFilter): boolean =>
  (filter.kind === undefined || measurement.kind === filter.kind) &&
  (filter.model === undefined || measurement.model === filter.model) &&
  (filter.variant === undefined || measurement.variant === filter.variant) &&
  (filter.level === undefined || measurement.level === filter.level) &&
  (filter.digest === undefined || measurement.digest === filter.digest) &&
  (filter.digests === undefined || (measurement.digest !== null && filter.digests.includes(measurement.digest))) &&
  (filter.architecture === undefined || measurement.architecture === filter.architecture) &&
  (filter.backend === undefined || measurement.environment.backend === filter.backend) &&
  (filter.device === undefined || measurement.environment.device === filter.device) &&
  (filter.comparisonId === undefined || measurement.comparisonId === filter.comparisonId) &&
  (filter.foreign === undefined || measurement.foreign === filter.foreign) &&
  (filter.sinceMs === undefined || measurement.atMs >= filter.sinceMs);

/** Measurements in an array. */
export class InMemoryMeasurementStore implements MeasurementStore {
  readonly #byId = new Map<string, Measurement>();

  async append(measurements: readonly Measurement[], options: CallOptions = {}): Promise<void> {
    refuseCancelled(options);
    for (const measurement of measurements) {
      if (!this.#byId.has(measurement.id)) this.#byId.set(measurement.id, measurement);
    }
  }

  async query(filter: MeasurementFilter = {}, options: CallOptions = {}): Promise<readonly Measurement[]> {
    refuseCancelled(options);
    return [...this.#byId.values()]
      .filter((measurement) => matches(measurement, filter))
      .sort((a, b) => b.atMs - a.atMs)
      .slice(0, filter.limit ?? 1000);
  }

  async aggregate(filter: MeasurementFilter = {}, options: CallOptions = {}): Promise<readonly VariantStatistics[]> {
    const found = await this.query({ ...filter, kind: 'generation', limit: Number.MAX_SAFE_INTEGER }, options);
    const calls = new CallStatistics();
    for (const call of found.filter(isOfKind('generation'))) calls.record(call);
    return calls.statistics();
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}

function refuseCancelled({ signal }: CallOptions): void {
  throwIfCancelled(signal, 'The work on the measurements was cancelled.');
}
