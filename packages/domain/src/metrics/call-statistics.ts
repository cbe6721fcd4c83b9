import { contentKey } from '../measurement/content-key.js';
import type { ContentFacts } from '../measurement/content-key.js';
import type { RecordedCall } from './variant-accumulator.js';
import { VariantAccumulator } from './variant-accumulator.js';
import type { VariantStatistics } from './variant-statistics.js';

/** Statistics per content over recorded calls that are given newest first; a content goes by its newest name. */
export class CallStatistics {
  readonly #byContent = new Map<string, VariantAccumulator>();

  /** Takes one call in; constant time. */
  record(call: ContentFacts & RecordedCall): void {
    const key = contentKey(call);
    const accumulator = this.#byContent.get(key) ?? new VariantAccumulator(call.model, call.variant, call.digest);
    this.#byContent.set(key, accumulator);
    accumulator.record(call);
  }

  /** Everything so far, the most recently called content first. */
  statistics(): readonly VariantStatistics[] {
    return [...this.#byContent.values()].map((accumulator) => accumulator.statistics());
  }
}
