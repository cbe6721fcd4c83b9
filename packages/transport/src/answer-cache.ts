/** How long an answer holds: long enough for the questions of one plan and of a server, short enough for a new release. */
const HOLDS_MS = 5 * 60_000;
const MOST_ANSWERS = 500;

/** How answers are kept. */
export interface AnswerCacheOptions {
  readonly holdsMs?: number;
  readonly nowMs?: () => number;
}

/**
 * Answers of a public service that hold for a while, so that it is not asked, and does not learn, more often than
 * needed. The least recently used go first beyond 500. What fails is not kept.
 */
export class AnswerCache<Answer extends object | string> {
  /** Least recently used first. */
  readonly #answers = new Map<string, { readonly answer: Answer; readonly untilMs: number }>();
  readonly #holdsMs: number;
  readonly #nowMs: () => number;

  constructor({ holdsMs = HOLDS_MS, nowMs = () => performance.now() }: AnswerCacheOptions = {}) {
    this.#holdsMs = holdsMs;
    this.#nowMs = nowMs;
  }

  /** The answer that is known, else what `ask` gives, which is kept unless `keep` says no. Errors as `ask`. */
  async answer(
    key: string,
    ask: () => Promise<Answer>,
    keep: (answer: Answer) => boolean = () => true,
  ): Promise<Answer> {
    const known = this.#answers.get(key);
    this.#answers.delete(key);
    if (known !== undefined && this.#nowMs() < known.untilMs) {
      this.#answers.set(key, known);
      return known.answer;
    }
    const answer = await ask();
    if (keep(answer)) this.#keep(key, answer);
    return answer;
  }

  #keep(key: string, answer: Answer): void {
    this.#answers.delete(key);
    this.#answers.set(key, { answer, untilMs: this.#nowMs() + this.#holdsMs });
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= MOST_ANSWERS) break;
      this.#answers.delete(oldest);
    }
  }
}
