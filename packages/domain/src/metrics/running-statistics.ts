/** Plain data of a `RunningStatistics`, for keeping it. */
export interface RunningStatisticsState {
  readonly count: number;
  readonly mean: number;
  readonly sumSquaredDeviations: number;
  readonly min: number | null;
  readonly max: number | null;
}

/**
 * Count, mean, variance, minimum and maximum of a stream in constant memory and time per value.
 * Welford's update; `merge` is Chan, Golub and LeVeque's. Stable where sums of squares would cancel.
 */
export class RunningStatistics {
  #count = 0;
  #mean = 0;
  #squares = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** Rebuilds statistics from what `state` gave. */
  static from(state: RunningStatisticsState): RunningStatistics {
    const statistics = new RunningStatistics();
    statistics.#count = state.count;
    statistics.#mean = state.mean;
    statistics.#squares = state.sumSquaredDeviations;
    statistics.#min = state.min ?? Number.POSITIVE_INFINITY;
    statistics.#max = state.max ?? Number.NEGATIVE_INFINITY;
    return statistics;
  }

  /** Takes one value in. It must be finite. */
  record(value: number): void {
    this.#count += 1;
    const delta = value - this.#mean;
    this.#mean += delta / this.#count;
    this.#squares += delta * (value - this.#mean);
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** Takes in everything that `other` has seen. */
  merge(other: RunningStatistics): void {
    if (other.#count === 0) return;
    const count = this.#count + other.#count;
    const delta = other.#mean - this.#mean;
    this.#squares += other.#squares + (delta * delta * this.#count * other.#count) / count;
    this.#mean += (delta * other.#count) / count;
    this.#count = count;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  get count(): number {
    return this.#count;
  }

  /** Null before the first value. */
  get mean(): number | null {
    return this.#count === 0 ? null : this.#mean;
  }

  get min(): number | null {
    return this.#count === 0 ? null : this.#min;
  }

  get max(): number | null {
    return this.#count === 0 ? null : this.#max;
  }

  /** Unbiased sample variance; null below two values. */
  get variance(): number | null {
    return this.#count < 2 ? null : Math.max(0, this.#squares / (this.#count - 1));
  }

  /** Standard error of the mean; null below two values. */
  get standardError(): number | null {
    const { variance } = this;
    return variance === null ? null : Math.sqrt(variance / this.#count);
  }

  /** Everything as plain data. */
  get state(): RunningStatisticsState {
    return {
      count: this.#count,
      mean: this.#mean,
      sumSquaredDeviations: this.#squares,
      min: this.min,
      max: this.max,
    };
  }
}
