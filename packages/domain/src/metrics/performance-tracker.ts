import type { RecordedCall } from './variant-accumulator.js';
import { VariantAccumulator } from './variant-accumulator.js';
import type { VariantStatistics } from './variant-statistics.js';

/**
 * Statistics of every variant that was called, in bounded memory: beyond `limit` variants the one recorded longest
 * ago is dropped.
 */
export class PerformanceTracker {
  readonly #limit: number;
  readonly #byVariant = new Map<string, VariantAccumulator>();

  constructor(limit = 1000) {
    this.#limit = limit;
  }

  /** Takes one call of a variant in; constant time. */
  record(model: string, variant: string, call: RecordedCall): void {
    const key = keyOf(model, variant);
    const accumulator = this.#byVariant.get(key) ?? new VariantAccumulator(model, variant);
    // Set again, so that the map's order is that of the last record.
    this.#byVariant.delete(key);
    this.#byVariant.set(key, accumulator);
    accumulator.record(call);
    if (this.#byVariant.size <= this.#limit) return;
    for (const oldest of this.#byVariant.keys()) {
      this.#byVariant.delete(oldest);
      break;
    }
  }

  /** Statistics of one variant, or null when it was never called. */
  statisticsOf(model: string, variant: string): VariantStatistics | null {
    return this.#byVariant.get(keyOf(model, variant))?.statistics() ?? null;
  }

  /** Statistics of all variants, of one model when it is given, most recently used last. */
  statistics(model?: string): readonly VariantStatistics[] {
    return [...this.#byVariant.values()]
      .map((accumulator) => accumulator.statistics())
      .filter((statistics) => model === undefined || statistics.model === model);
  }

  /** Forgets everything. */
  reset(): void {
    this.#byVariant.clear();
  }
}

function keyOf(model: string, variant: string): string {
  return `${model}\n${variant}`;
}
