import type { LRUCache } from 'lru-cache';

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
  readonly #options: AnswerCacheOptions;
  #opened: Promise<LRUCache<string, Answer>> | null = null;

  constructor(options: AnswerCacheOptions = {}) {
    this.#options = options;
  }

  /** The answer that is known, else what `ask` gives, which is kept unless `keep` says no. Errors as `ask`. */
  async answer(
    key: string,
    ask: () => Promise<Answer>,
    keep: (answer: Answer) => boolean = () => true,
  ): Promise<Answer> {
    this.#opened ??= this.#open();
    const answers = await this.#opened;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = await ask();
    if (keep(answer)) answers.set(key, answer);
    return answer;
  }

  /** The library is loaded by the first question: most commands ask no registry. */
  async #open(): Promise<LRUCache<string, Answer>> {
    const { holdsMs = HOLDS_MS, nowMs = () => performance.now() } = this.#options;
    const library = await import('lru-cache');
    return new library.LRUCache({ max: MOST_ANSWERS, ttl: holdsMs, ttlResolution: 0, perf: { now: nowMs } });
  }
}
