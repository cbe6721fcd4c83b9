import type { GenerationTimings } from '@plimsoll/domain';
import { generateAnswer } from '@plimsoll/protocol/ollama';

const MOST_BYTES = 256 * 1024;
const NS_PER_MS = 1_000_000;

/** Remembers the last line of a body that passes, up to a bound: Ollama tells its timings there. */
export class LastLine {
  #tail = Buffer.alloc(0);

  /** The last line that was not empty; empty when it was longer than is kept. */
  get text(): string {
    const text = this.#tail.toString();
    return text.trimEnd().split('\n').at(-1) ?? '';
  }

  async *watch(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of body) {
      this.#tail = Buffer.concat([this.#tail, bytes]).subarray(-MOST_BYTES);
      const start = this.#tail.subarray(0, -1).lastIndexOf('\n');
      if (start >= 0) this.#tail = this.#tail.subarray(start + 1);
      yield bytes;
    }
  }
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
