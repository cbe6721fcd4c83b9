import { BackendFailedError } from '@plimsoll/domain';

/** Longest line that is kept in memory; Ollama's own runner stops at less. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Splits a byte stream into the lines that are complete; what remains open at the end comes from `rest`. */
export class LineSplitter {
  readonly #decoder = new TextDecoder();
  #open: string[] = [];
  #openLength = 0;

  /** Lines that this chunk completes, without their ends. */
  push(chunk: Uint8Array): readonly string[] {
    const pieces = this.#decoder.decode(chunk, { stream: true }).split('\n');
    const last = pieces.pop() ?? '';
    const lines = pieces.map((piece, index) => (index === 0 ? this.#take() + piece : piece));
    this.#open.push(last);
    this.#openLength += last.length;
    if (this.#openLength > MAX_LINE_BYTES) {
      throw new BackendFailedError('Ollama sent a line of more than 16 MiB; it was not read on.');
    }
    return lines.filter((line) => line.trim() !== '');
  }

  /** The last line when the stream ended without a line end; empty when there is none. */
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
