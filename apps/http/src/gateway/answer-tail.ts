import type { GenerationTimings } from '@plimsoll/domain';

/** What is kept of an answer's end: its last line holds all numbers. */
const KEPT_BYTES = 8 * 1024;
const NS_PER_MS = 1_000_000;
const NOTHING = Buffer.alloc(0);

/** Keeps the end of a body that passes, where servers say how long it took and how much it was. */
export class AnswerTail {
  /** As they came, nothing is copied. */
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  get text(): string {
    const [first = NOTHING] = this.#pieces;
    const whole = this.#pieces.length > 1 ? Buffer.concat(this.#pieces) : first;
    return whole.toString('utf8', Math.max(0, whole.length - KEPT_BYTES));
  }

  add(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    while (this.#bytes - (this.#pieces[0]?.length ?? 0) >= KEPT_BYTES) this.#bytes -= this.#pieces.shift()?.length ?? 0;
  }
}

/** Fields by the names of Ollama, OpenAI (chat, responses) and Anthropic. */
const FIELDS = {
  prompt_eval_count: 'promptTokens',
  prompt_tokens: 'promptTokens',
  input_tokens: 'promptTokens',
  cached_tokens: 'cachedPromptTokens',
  cache_read_input_tokens: 'cachedPromptTokens',
  eval_count: 'generatedTokens',
  completion_tokens: 'generatedTokens',
  output_tokens: 'generatedTokens',
  load_duration: 'loadNs',
  prompt_eval_duration: 'prefillNs',
  eval_duration: 'decodeNs',
} as const;

/** A text in the answer has its quotes escaped. */
const FIELD = new RegExp(`"(${Object.keys(FIELDS).join('|')})": ?(\\d+)`, 'g');

/** What the end of an answer says; what it does not say is null. */
export function timingsOf(tail: string, totalMs: number, firstTokenMs: number | null): GenerationTimings {
  // The last of each kind counts: streams say some of them more than once.
  const said: { [Field in (typeof FIELDS)[keyof typeof FIELDS]]?: number } = {};
  for (const [, name, digits] of tail.matchAll(FIELD)) said[FIELDS[name as keyof typeof FIELDS]] = Number(digits);
  const { promptTokens = null, cachedPromptTokens = null, generatedTokens = null } = said;
  return {
    promptTokens,
    cachedPromptTokens,
    generatedTokens,
    loadMs: milliseconds(said.loadNs),
    prefillMs: milliseconds(said.prefillNs),
    decodeMs: milliseconds(said.decodeNs),
    firstTokenMs,
    totalMs,
  };
}

const milliseconds = (ns: number | undefined): number | null => (ns === undefined ? null : ns / NS_PER_MS);
