import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPlimsollError } from '../errors/plimsoll-error.js';
import type { WindowScores } from '../ports/logits-source.port.js';
import { QualityAccumulator } from './quality-accumulator.js';
import { quantile } from './robust-statistics.js';

interface Token {
  nll: number;
  referenceNll: number;
  kld: number;
  deltaP: number;
  same: boolean;
}

const token: fc.Arbitrary<Token> = fc.record({
  nll: fc.double({ min: 0, max: 15, noNaN: true }),
  referenceNll: fc.double({ min: 0, max: 15, noNaN: true }),
  kld: fc.double({ min: 0, max: 10, noNaN: true }),
  deltaP: fc.double({ min: -1, max: 1, noNaN: true }),
  same: fc.boolean(),
});

/** Perplexities in the millions, whose logarithms hardly differ. */
const nearlyEqual: Token[] = [14.999999965, 14.99999997, 14.999999967].map((nll) => ({
  ...{ nll, referenceNll: 0, kld: 0, deltaP: 0, same: true },
}));

function windowOf(tokens: readonly Token[], window = 0): WindowScores {
  return {
    window,
    nll: Float64Array.from(tokens, ({ nll }) => nll),
    referenceNll: Float64Array.from(tokens, ({ referenceNll }) => referenceNll),
    kld: Float64Array.from(tokens, ({ kld }) => kld),
    deltaP: Float64Array.from(tokens, ({ deltaP }) => deltaP),
    sameTop: Uint8Array.from(tokens, ({ same }) => (same ? 1 : 0)),
    missingMass: null,
  };
}

/** Mean and its error as llama-perplexity's `mean_and_uncertainty` has them. */
function meanAndError(values: readonly number[]): [number, number] {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
  return [mean, Math.sqrt(variance / (n - 1))];
}

describe('quality of a stream of windows', () => {
  test('equals the definitions of llama-perplexity', () => {
    fc.assert(
      fc.property(
        fc.array(token, { minLength: 3, maxLength: 300 }),
        fc.integer({ min: 1, max: 50 }),
        (tokens, size) => {
          const accumulator = new QualityAccumulator({ kind: 'full' });
          for (let start = 0; start < tokens.length; start += size) {
            accumulator.record(windowOf(tokens.slice(start, start + size), start / size));
          }
          const result = accumulator.result()!;
          const [nll, nllError] = meanAndError(tokens.map((t) => t.nll));
          const [reference] = meanAndError(tokens.map((t) => t.referenceNll));
          // SE² of the difference is SE_q² + SE_b² − 2 cov, which is the error of the differences themselves.
          const [logRatio, logRatioError] = meanAndError(tokens.map((t) => t.nll - t.referenceNll));
          const [kld, kldError] = meanAndError(tokens.map((t) => t.kld));
          const [square, squareError] = meanAndError(tokens.map((t) => t.deltaP ** 2));
          const [same] = meanAndError(tokens.map((t) => (t.same ? 1 : 0)));
          const close = (actual: number, expected: number): void =>
            expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-7 * Math.max(1e-3, Math.abs(expected)));
          expect(result.scoredTokens).toBe(tokens.length);
          close(result.perplexity, Math.exp(nll));
          // Errors of logarithms have the digits; the exponential would raise what rounding leaves of a tiny one.
          close(result.perplexityStandardError / result.perplexity, nllError);
          close(result.referencePerplexity, Math.exp(reference));
          close(result.perplexityRatio, Math.exp(logRatio));
          close(result.perplexityRatioStandardError / result.perplexityRatio, logRatioError);
          close(result.meanKld, kld);
          close(result.meanKldStandardError, kldError);
          close(result.sameTopToken, same);
          close(result.sameTopTokenStandardError, Math.sqrt((same * (1 - same)) / (tokens.length - 1)));
          close(result.rmsDeltaP, Math.sqrt(square));
          if (square > 1e-6) close(result.rmsDeltaPStandardError, (0.5 * squareError) / Math.sqrt(square));
          expect(result.kldQuantiles['0.9']).toBe(
            quantile(
              tokens.map((t) => t.kld),
              0.9,
            ),
          );
        },
      ),
      { examples: [[nearlyEqual, 1]] },
    );
  });

  test('the error of a ratio keeps its digits where two models hardly differ', () => {
    const accumulator = new QualityAccumulator({ kind: 'full' });
    const tokens = Array.from({ length: 200 }, (_, i) => {
      const nll = i % 2 === 0 ? 15 : 0;
      return { nll, referenceNll: nll + (i % 3) * 1e-7, kld: 0, deltaP: 0, same: true };
    });
    accumulator.record(windowOf(tokens));
    const [logRatio, error] = meanAndError(tokens.map((t) => t.nll - t.referenceNll));
    const result = accumulator.result()!;
    expect(result.perplexityRatioStandardError / (Math.exp(logRatio) * error)).toBeCloseTo(1, 6);
  });

  test('of the k best tokens tells the mean mass that was not seen', () => {
    const accumulator = new QualityAccumulator({ kind: 'top-k', k: 20 });
    const tokens = [1, 2].map((nll) => ({ nll, referenceNll: 1, kld: 0.1, deltaP: 0, same: true }));
    accumulator.record({ ...windowOf(tokens), missingMass: Float64Array.of(0.02, 0.04) });
    expect(accumulator.result()!.coverage).toEqual({ kind: 'top-k', k: 20, missingMass: 0.03 });
  });

  test('of nothing is unknown', () => {
    expect(new QualityAccumulator({ kind: 'full' }).result()).toBeNull();
  });

  test.each([
    ['no reference', { referenceNll: null }],
    ['a score that is no number', { nll: Float64Array.of(Number.NaN) }],
    ['an infinite score', { kld: Float64Array.of(Number.POSITIVE_INFINITY) }],
    ['unequal lengths', { deltaP: new Float64Array(3) }],
  ])('a window with %s is refused and leaves nothing behind', (_, broken) => {
    const accumulator = new QualityAccumulator({ kind: 'full' });
    const good = windowOf([{ nll: 1, referenceNll: 1, kld: 0, deltaP: 0, same: true }]);
    let failure: unknown = null;
    try {
      accumulator.record({ ...good, ...broken });
    } catch (error) {
      failure = error;
    }
    expect(isPlimsollError(failure) && failure.code).toBe('backend-failed');
    expect(accumulator.result()).toBeNull();
  });
});
