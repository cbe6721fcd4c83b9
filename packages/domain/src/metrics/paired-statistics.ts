/**
 * Means of a stream of pairs, their errors and that of their difference, in constant memory: Welford's update.
 * Used for the ratio of two perplexities over the same tokens, whose errors largely cancel. The difference is
 * followed itself: made of variances and a covariance that nearly cancel, its error would lose its digits.
 */
export class PairedStatistics {
  #count = 0;
  #meanX = 0;
  #meanY = 0;
  #squaresX = 0;
  #squaresY = 0;
  #meanDifference = 0;
  #squaresDifference = 0;

  /** Takes one pair in. Both must be finite. */
  record(x: number, y: number): void {
    this.#count += 1;
    const dx = x - this.#meanX;
    const dy = y - this.#meanY;
    this.#meanX += dx / this.#count;
    this.#meanY += dy / this.#count;
    this.#squaresX += dx * (x - this.#meanX);
    this.#squaresY += dy * (y - this.#meanY);
    const difference = x - y;
    const step = difference - this.#meanDifference;
    this.#meanDifference += step / this.#count;
    this.#squaresDifference += step * (difference - this.#meanDifference);
  }

  get count(): number {
    return this.#count;
  }

  /** 0 before the first pair. */
  get meanX(): number {
    return this.#meanX;
  }

  /** 0 before the first pair. */
  get meanY(): number {
    return this.#meanY;
  }

  /** Standard error of the mean of x; 0 below two pairs, as llama-perplexity prints it. */
  get standardErrorX(): number {
    return this.#error(this.#squaresX);
  }

  /** The same for y. */
  get standardErrorY(): number {
    return this.#error(this.#squaresY);
  }

  /** Standard error of the mean of x − y. */
  get standardErrorOfDifference(): number {
    return this.#error(this.#squaresDifference);
  }

  #error(squares: number): number {
    return this.#count < 2 ? 0 : Math.sqrt(Math.max(0, squares) / this.#count / (this.#count - 1));
  }
}
