import type { GenerationTimings } from '@plimsoll/domain';

/** What is kept of an answer's end: its last line holds all numbers. */
const KEPT_BYTES = 8 * 1024;
const NS_PER_MS = 1_000_000;

/** Keeps the end of a body that passes, where servers say how long it took and how much it was. */
export class AnswerTail {
  /** As they came, nothing is copied. */
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  get text(): string {
    return Buffer.concat(this.#pieces).subarray(-KEPT_BYTES).toString();
  }

  add(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    while (this.#bytes - (this.#pieces[0]?.length ?? 0) >= KEPT_BYTES) this.#bytes -= this.#pieces.shift()?.length ?? 0;
  }
}

/** Fields by the names of Ollama, OpenAI (chat, responses) and Anthropic. A text in the answer has its quotes escaped. */
const FIELDS = {
  promptTokens: /"(?:prompt_eval_count|prompt_tokens|input_tokens)": ?(\d+)/g,
  cachedPromptTokens: /"(?:cached_tokens|cache_read_input_tokens)": ?(\d+)/g,
  generatedTokens: /"(?:eval_count|completion_tokens|output_tokens)": ?(\d+)/g,
  loadNs: /"load_duration": ?(\d+)/g,
  prefillNs: /"prompt_eval_duration": ?(\d+)/g,
  decodeNs: /"eval_duration": ?(\d+)/g,
} as const;

/** What the end of an answer says; what it does not say is null. */
export function timingsOf(tail: string, totalMs: number, firstTokenMs: number | null): GenerationTimings {
  const value = (field: keyof typeof FIELDS): number | null => {
    const last = [...tail.matchAll(FIELDS[field])].at(-1)?.[1];
    return last === undefined ? null : Number(last);
  };
  const ms = (field: keyof typeof FIELDS): number | null => {
    const nanoseconds = value(field);
    return nanoseconds === null ? null : nanoseconds / NS_PER_MS;
  };
  return {
    promptTokens: value('promptTokens'),
    cachedPromptTokens: value('cachedPromptTokens'),
    generatedTokens: value('generatedTokens'),
    loadMs: ms('loadNs'),
    prefillMs: ms('prefillNs'),
    decodeMs: ms('decodeNs'),
    firstTokenMs,
    totalMs,
  };
}
