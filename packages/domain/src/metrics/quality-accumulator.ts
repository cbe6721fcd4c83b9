import { BackendFailedError } from '../errors/backend-failed-error.js';
import type { QualityResult } from '../measurement/measurement.js';
import type { WindowScores } from '../ports/logits-source.port.js';
import { PairedStatistics } from './paired-statistics.js';
import { QuantileSketch } from './quantile-sketch.js';
import { RunningStatistics } from './running-statistics.js';

/** Quantiles of the KL divergence that are kept: those that llama-perplexity prints, and p99.9. */
const KLD_QUANTILES: readonly number[] = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

/** What a `LogitsSource` covers. */
export type Coverage = { readonly kind: 'full' } | { readonly kind: 'top-k'; readonly k: number };

/**
 * Gathers the scores of windows into a `QualityResult` by the definitions of llama-perplexity
 * (`tools/perplexity/perplexity.cpp`), in memory that does not grow with the text. Means and standard errors are
 * exact; quantiles of the KL divergence are within 0.5 % of the true ones beyond 512 tokens.
 */
export class QualityAccumulator {
  readonly #coverage: Coverage;
  readonly #nll = new PairedStatistics();
  readonly #kld = new RunningStatistics();
  readonly #kldQuantiles = new QuantileSketch({ smallest: 1e-10, largest: 1e3 });
  readonly #squaredDeltaP = new RunningStatistics();
  readonly #missingMass = new RunningStatistics();
  #tokens = 0;
  #sameTop = 0;

  constructor(coverage: Coverage) {
    this.#coverage = coverage;
  }

  /** Tokens taken in so far. */
  get scoredTokens(): number {
    return this.#tokens;
  }

  /**
   * Takes in one window. It must hold scores against a reference.
   * @throws BackendFailedError for a window without reference, of unequal lengths or with a value that is no number
   */
  record(scores: WindowScores): void {
    const { nll, referenceNll, kld, deltaP, sameTop, missingMass } = scores;
    if (referenceNll === null || kld === null || deltaP === null || sameTop === null) {
      throw new BackendFailedError(`Window ${scores.window} was scored without a reference.`);
    }
    const columns = [nll, referenceNll, kld, deltaP, ...(missingMass === null ? [] : [missingMass])];
    if (columns.some((column) => column.length !== nll.length) || sameTop.length !== nll.length) {
      throw new BackendFailedError(`Window ${scores.window} has scores of unequal length.`);
    }
    if (columns.some((column) => !column.every(Number.isFinite))) {
      throw new BackendFailedError(`Window ${scores.window} has a score that is not a finite number.`, {
        hint: 'The model may be broken: check its file, or score a shorter text to find the place.',
      });
    }
    for (let token = 0; token < nll.length; token += 1) {
      const divergence = kld[token] ?? 0;
      const delta = deltaP[token] ?? 0;
      this.#nll.record(nll[token] ?? 0, referenceNll[token] ?? 0);
      this.#kld.record(divergence);
      this.#kldQuantiles.record(divergence);
      this.#squaredDeltaP.record(delta * delta);
      this.#sameTop += sameTop[token] === 1 ? 1 : 0;
      if (missingMass !== null) this.#missingMass.record(missingMass[token] ?? 0);
    }
    this.#tokens += nll.length;
  }

  /** The result so far; null before the first token. */
  result(): QualityResult | null {
    if (this.#tokens === 0) return null;
    const perplexity = Math.exp(this.#nll.meanX);
    const ratio = Math.exp(this.#nll.meanX - this.#nll.meanY);
    const sameTop = this.#sameTop / this.#tokens;
    const rms = Math.sqrt(this.#squaredDeltaP.mean ?? 0);
    return {
      scoredTokens: this.#tokens,
      perplexity,
      perplexityStandardError: perplexity * this.#nll.standardErrorX,
      referencePerplexity: Math.exp(this.#nll.meanY),
      referencePerplexityStandardError: Math.exp(this.#nll.meanY) * this.#nll.standardErrorY,
      perplexityRatio: ratio,
      perplexityRatioStandardError: ratio * this.#nll.standardErrorOfDifference,
      meanKld: this.#kld.mean ?? 0,
      meanKldStandardError: this.#kld.standardError ?? 0,
      kldQuantiles: Object.fromEntries(KLD_QUANTILES.map((q) => [String(q), this.#kldQuantiles.quantile(q) ?? 0])),
      sameTopToken: sameTop,
      sameTopTokenStandardError: this.#tokens < 2 ? 0 : Math.sqrt((sameTop * (1 - sameTop)) / (this.#tokens - 1)),
      rmsDeltaP: rms,
      // d√x = dx / (2√x)
      rmsDeltaPStandardError: rms === 0 ? 0 : (this.#squaredDeltaP.standardError ?? 0) / (2 * rms),
      coverage:
        this.#coverage.kind === 'full'
          ? { kind: 'full' }
          : { kind: 'top-k', k: this.#coverage.k, missingMass: this.#missingMass.mean ?? 0 },
    };
  }
}

/** The perplexity of a model scored alone, without a reference, and its standard error. */
export function perplexityOf(nll: RunningStatistics): {
  readonly perplexity: number;
  readonly standardError: number;
} | null {
  const { mean } = nll;
  if (mean === null) return null;
  return { perplexity: Math.exp(mean), standardError: Math.exp(mean) * (nll.standardError ?? 0) };
}
