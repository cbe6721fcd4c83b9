import { quantileOfSorted } from './robust-statistics.js';

/** How exact a sketch is and which values it tells apart. */
export interface QuantileSketchOptions {
  /** Largest relative error of a quantile once there are more than `exactUpTo` values; 0.005 when absent. */
  readonly relativeError?: number | undefined;
  /** So many values are kept as they are and give exact quantiles; 512 when absent. */
  readonly exactUpTo?: number | undefined;
  /** Values at or below it count as zero; 1e-9 when absent. */
  readonly smallest?: number | undefined;
  /** Values above it count as it; 1e9 when absent. */
  readonly largest?: number | undefined;
}

/**
 * Quantiles of a stream of values ≥ 0 in bounded memory and constant time per value.
 *
 * Few values are kept whole. Beyond that they are counted in logarithmic buckets, the DDSketch of Masson, Rim and
 * Lee (VLDB 2019): every quantile is within `relativeError` of the true one whatever the distribution. P² and
 * reservoirs give no such promise for p99, and a t-digest's merge is not constant time.
 */
export class QuantileSketch {
  readonly #exactUpTo: number;
  readonly #smallest: number;
  readonly #largest: number;
  readonly #logGamma: number;
  readonly #midpoint: number;
  readonly #firstBucket: number;
  readonly #bucketCount: number;
  #exact: number[] = [];
  #buckets: Float64Array | null = null;
  #zeros = 0;
  #count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  constructor(options: QuantileSketchOptions = {}) {
    const relativeError = options.relativeError ?? 0.005;
    const gamma = (1 + relativeError) / (1 - relativeError);
    this.#exactUpTo = options.exactUpTo ?? 512;
    this.#smallest = options.smallest ?? 1e-9;
    this.#largest = options.largest ?? 1e9;
    this.#logGamma = Math.log(gamma);
    // The point of a bucket (γ^(i-1), γ^i] that is equally far, relatively, from both ends.
    this.#midpoint = 2 / (gamma + 1);
    this.#firstBucket = Math.floor(Math.log(this.#smallest) / this.#logGamma);
    this.#bucketCount = Math.ceil(Math.log(this.#largest) / this.#logGamma) - this.#firstBucket + 1;
  }

  /** Takes one value in; a negative one counts as zero. It must be finite. */
  record(value: number): void {
    const clamped = value > 0 ? value : 0;
    this.#count += 1;
    if (clamped < this.#min) this.#min = clamped;
    if (clamped > this.#max) this.#max = clamped;
    if (this.#buckets === null && this.#exact.length < this.#exactUpTo) {
      this.#exact.push(clamped);
      return;
    }
    this.#spill();
    this.#bucket(clamped);
  }

  get count(): number {
    return this.#count;
  }

  /** Whether quantiles are exact still. */
  get exact(): boolean {
    return this.#buckets === null;
  }

  /** The value below which a share `q` (0 to 1) of the values lies; null before the first value. */
  quantile(q: number): number | null {
    if (this.#count === 0) return null;
    if (this.#buckets === null) {
      return quantileOfSorted(
        [...this.#exact].sort((a, b) => a - b),
        q,
      );
    }
    if (q <= 0) return this.#min;
    if (q >= 1) return this.#max;
    const rank = q * (this.#count - 1);
    let seen = this.#zeros;
    if (rank < seen) return this.#within(0);
    for (let index = 0; index < this.#buckets.length; index += 1) {
      seen += this.#buckets[index] ?? 0;
      if (rank < seen) {
        return this.#within(Math.exp((index + this.#firstBucket) * this.#logGamma) * this.#midpoint);
      }
    }
    return this.#max;
  }

  #within(value: number): number {
    return Math.min(this.#max, Math.max(this.#min, value));
  }

  #spill(): void {
    if (this.#buckets !== null) return;
    this.#buckets = new Float64Array(this.#bucketCount);
    for (const value of this.#exact) this.#bucket(value);
    this.#exact = [];
  }

  #bucket(value: number): void {
    if (this.#buckets === null) return;
    if (value <= this.#smallest) {
      this.#zeros += 1;
      return;
    }
    const index = Math.ceil(Math.log(Math.min(value, this.#largest)) / this.#logGamma) - this.#firstBucket;
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
  }
}
