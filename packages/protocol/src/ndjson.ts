import { BackendFailedError } from '@plimsoll/domain';

/** Longest line that is kept in memory; Ollama's own runner stops at less. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** One value as a line of newline-delimited JSON. JSON itself holds no line ends. */
export function encodeLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/**
 * The lines of a body as they complete, without their ends; blank ones are left out. The last may lack its end.
 *
 * @throws BackendFailedError when a line grows beyond 16 MiB.
 */
export async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const splitter = new LineSplitter();
  for await (const chunk of body) yield* splitter.push(chunk);
  const rest = splitter.rest();
  if (rest !== '') yield rest;
}

/** Splits bytes into the lines that are complete; what remains open at the end comes from `rest`. */
class LineSplitter {
  readonly #decoder = new TextDecoder();
  #open: string[] = [];
  #openLength = 0;

  push(chunk: Uint8Array): readonly string[] {
    const pieces = this.#decoder.decode(chunk, { stream: true }).split('\n');
    const last = pieces.pop() ?? '';
    const complete = pieces.map((piece, index) => (index === 0 ? this.#take() + piece : piece));
    this.#open.push(last);
    this.#openLength += last.length;
    if (this.#openLength > MAX_LINE_BYTES) {
      throw new BackendFailedError('The server sent a line of more than 16 MiB; it was not read on.');
    }
    return complete.filter((line) => line.trim() !== '');
  }

  rest(): string {
    return (this.#take() + this.#decoder.decode()).trim();
  }

  #take(): string {
    const text = this.#open.join('');
    this.#open = [];
    this.#openLength = 0;
    return text;
  }
}
