import type { GenerationTimings } from '../measurement/measurement.js';
import { QuantileSketch } from './quantile-sketch.js';
import { RunningStatistics } from './running-statistics.js';
import type { VariantStatistics } from './variant-statistics.js';

/** One call as the accumulator sees it. */
export interface RecordedCall {
  readonly succeeded: boolean;
  /** Null when a failed call was not timed. */
  readonly timings: GenerationTimings | null;
}

/**
 * Performance of one variant, call by call: constant time per record, bounded memory. Percentiles are exact up to 512
 * calls and within 0.5 % afterwards.
 */
export class VariantAccumulator {
  readonly #model: string;
  readonly #variant: string;
  readonly #digest: string | null;
  readonly #totalMs = new RunningStatistics();
  readonly #percentiles = new QuantileSketch({ smallest: 1e-3, largest: 1e9 });
  readonly #decodeSpeed = new RunningStatistics();
  readonly #firstTokenMs = new RunningStatistics();
  #succeeded = 0;
  #failed = 0;

  constructor(model: string, variant: string, digest: string | null = null) {
    this.#model = model;
    this.#variant = variant;
    this.#digest = digest;
  }

  /** Takes one call in. Times of failed calls do not count. */
  record(call: RecordedCall): void {
    if (!call.succeeded) {
      this.#failed += 1;
      return;
    }
    this.#succeeded += 1;
    const { timings } = call;
    if (timings === null) return;
    if (Number.isFinite(timings.totalMs)) {
      this.#totalMs.record(timings.totalMs);
      this.#percentiles.record(timings.totalMs);
    }
    const speed = decodeTokensPerSecond(timings);
    if (speed !== null) this.#decodeSpeed.record(speed);
    if (timings.firstTokenMs !== null) this.#firstTokenMs.record(timings.firstTokenMs);
  }

  /** Everything so far. */
  statistics(): VariantStatistics {
    const total = this.#succeeded + this.#failed;
    return {
      model: this.#model,
      variant: this.#variant,
      digest: this.#digest,
      total,
      succeeded: this.#succeeded,
      failed: this.#failed,
      successRate: total === 0 ? null : this.#succeeded / total,
      meanMs: this.#totalMs.mean,
      minMs: this.#totalMs.min,
      maxMs: this.#totalMs.max,
      p50Ms: this.#percentiles.quantile(0.5),
      p95Ms: this.#percentiles.quantile(0.95),
      p99Ms: this.#percentiles.quantile(0.99),
      meanDecodeTokensPerSecond: this.#decodeSpeed.mean,
      meanFirstTokenMs: this.#firstTokenMs.mean,
    };
  }
}

/** Decode speed of one call in tokens per second, or null when the backend did not tell enough. */
export function decodeTokensPerSecond(timings: GenerationTimings): number | null {
  const { generatedTokens, decodeMs } = timings;
  if (generatedTokens === null || decodeMs === null || generatedTokens <= 0 || !(decodeMs > 0)) return null;
  return (generatedTokens * 1000) / decodeMs;
}

/**
 * Prefill speed of one call in tokens per second over the tokens that were really processed, or null when the backend
 * did not tell enough or everything came from a cache.
 */
export function prefillTokensPerSecond(timings: GenerationTimings): number | null {
  const { promptTokens, cachedPromptTokens, prefillMs } = timings;
  if (promptTokens === null || prefillMs === null || !(prefillMs > 0)) return null;
  const processed = promptTokens - (cachedPromptTokens ?? 0);
  return processed > 0 ? (processed * 1000) / prefillMs : null;
}
