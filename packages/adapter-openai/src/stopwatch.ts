import type { GenerationTimings } from '@plimsoll/domain';
import type { ServerTimings, Usage } from './wire/chunk.js';

/**
 * Times one generation. What the server tells wins; where it tells no decoding time, the time between the first
 * and the last piece of text stands for it, widened by one token because that span lacks the first one.
 */
export class Stopwatch {
  readonly #nowMs: () => number;
  readonly #startMs: number;
  #firstMs: number | null = null;
  #lastMs = 0;
  #usage: Usage | null = null;
  #timings: ServerTimings | null = null;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
  }

  /** A piece of text has come. */
  text(): void {
    this.#lastMs = this.#nowMs();
    this.#firstMs ??= this.#lastMs;
  }

  /** The server has told counts or times; later ones replace earlier ones. */
  told(usage: Usage | null, timings: ServerTimings | null): void {
    this.#usage = usage ?? this.#usage;
    this.#timings = timings ?? this.#timings;
  }

  /** The generation is over. */
  finish(): GenerationTimings {
    const usage = this.#usage;
    const timings = this.#timings;
    const cachedPromptTokens = timings?.cachedTokens ?? usage?.cachedTokens ?? null;
    return {
      promptTokens: usage?.promptTokens ?? (timings && timings.processedTokens + (timings.cachedTokens ?? 0)),
      cachedPromptTokens,
      generatedTokens: usage?.generatedTokens ?? timings?.generatedTokens ?? null,
      loadMs: null,
      prefillMs: timings?.prefillMs ?? null,
      decodeMs: timings?.decodeMs ?? this.#observedDecodeMs(usage),
      firstTokenMs: this.#firstMs === null ? null : this.#firstMs - this.#startMs,
      totalMs: this.#nowMs() - this.#startMs,
    };
  }

  #observedDecodeMs(usage: Usage | null): number | null {
    if (usage === null || usage.generatedTokens < 2 || this.#firstMs === null) return null;
    const spanMs = this.#lastMs - this.#firstMs;
    return spanMs <= 0 ? null : (spanMs * usage.generatedTokens) / (usage.generatedTokens - 1);
  }
}
