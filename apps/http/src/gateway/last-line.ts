import type { GenerationTimings } from '@plimsoll/domain';
import { generateAnswer } from '@plimsoll/protocol/ollama';

const MOST_BYTES = 256 * 1024;
const NEWLINE = 0x0a;
const NS_PER_MS = 1_000_000;

/** Remembers the last line of a body that passes, up to a bound: Ollama tells its timings there. */
export class LastLine {
  /** Pieces of the line, kept as they came. */
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** The last line that was not empty; its end only when it was longer than is kept. */
  get text(): string {
    const text = Buffer.concat(this.#pieces).subarray(-MOST_BYTES).toString();
    return text.trimEnd().split('\n').at(-1) ?? '';
  }

  readonly watch = (bytes: Buffer): void => {
    // A line's own end does not begin another one.
    const start = bytes.subarray(0, -1).lastIndexOf(NEWLINE) + 1;
    const endedBefore = this.#pieces.at(-1)?.at(-1) === NEWLINE;
    if (start > 0 || endedBefore) {
      this.#pieces = [];
      this.#bytes = 0;
    }
    this.#pieces.push(start > 0 ? bytes.subarray(start) : bytes);
    this.#bytes += bytes.length - start;
    while (this.#bytes > MOST_BYTES && this.#pieces.length > 1) this.#bytes -= this.#pieces.shift()?.length ?? 0;
  };
}

/** The timings that Ollama's last line tells; all but the total are unknown where it tells none. */
export function timingsOf(line: string, totalMs: number): GenerationTimings {
  const answer = generateAnswer.safeParse(jsonOrNull(line));
  const told = answer.success ? answer.data : {};
  const ms = (nanoseconds: number | null | undefined): number | null =>
    nanoseconds == null ? null : nanoseconds / NS_PER_MS;
  return {
    promptTokens: told.prompt_eval_count ?? null,
    cachedPromptTokens: null,
    generatedTokens: told.eval_count ?? null,
    loadMs: ms(told.load_duration),
    prefillMs: ms(told.prompt_eval_duration),
    decodeMs: ms(told.eval_duration),
    firstTokenMs: null,
    totalMs,
  };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
