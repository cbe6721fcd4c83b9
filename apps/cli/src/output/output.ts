import { createProgress, type Progress } from './progress.js';
import { COLOURED, PLAIN, wantsColour, type Style } from './style.js';
import type { TextStream } from './text-stream.js';

/** A JSON document as commands print it: `schema` names its shape and version, such as `plimsoll.plan/1`. */
export interface JsonDocument {
  readonly schema: string;
}

/** What an output room is made of. */
export interface OutputOptions {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
  readonly nowMs: () => number;
}

/**
 * Where a command speaks: its result on stdout, everything else on stderr. With `--json` stdout gets one
 * document and nothing else.
 */
export class Output {
  readonly json: boolean;
  /** Decorations for stdout. */
  readonly style: Style;
  /** Decorations for stderr. */
  readonly errorStyle: Style;
  readonly #stdout: TextStream;
  readonly #stderr: TextStream;
  readonly #nowMs: () => number;
  readonly #progress = new Set<Progress>();

  constructor(options: OutputOptions) {
    this.json = options.json;
    this.#stdout = options.stdout;
    this.#stderr = options.stderr;
    this.#nowMs = options.nowMs;
    this.style = wantsColour(options.stdout.isTTY === true, options.env) ? COLOURED : PLAIN;
    this.errorStyle = wantsColour(options.stderr.isTTY === true, options.env) ? COLOURED : PLAIN;
  }

  /** Columns of the terminal, or null where stdout is none. */
  get width(): number | null {
    return this.#stdout.isTTY === true ? (this.#stdout.columns ?? 80) : null;
  }

  /** Whether a person watches stdout. */
  get interactive(): boolean {
    return this.#stdout.isTTY === true;
  }

  /** The result: the document with `--json`, else the text that `render` makes of it. */
  result(document: JsonDocument, render: () => string): void {
    if (this.json) this.#stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    else this.line(render());
  }

  /** Text for stdout as it stands, with and without `--json`. */
  raw(text: string): void {
    this.#stdout.write(text);
  }

  /** A line of the result for people. Nothing with `--json`. */
  line(text = ''): void {
    if (!this.json) this.#stdout.write(`${text}\n`);
  }

  /** A piece of the result for people, without a line break. Nothing with `--json`. */
  piece(text: string): void {
    if (!this.json) this.#stdout.write(text);
  }

  /** A remark beside the result, on stderr. */
  note(text: string): void {
    this.#stderr.write(`${text}\n`);
  }

  /** Begins a progress bar on stderr. */
  progress(title?: string): Progress {
    const bar = createProgress({
      stream: this.#stderr,
      nowMs: this.#nowMs,
      ...(title === undefined ? {} : { title }),
    });
    const tracked: Progress = {
      update: (label, share) => bar.update(label, share),
      stop: () => {
        bar.stop();
        this.#progress.delete(tracked);
      },
    };
    this.#progress.add(tracked);
    return tracked;
  }

  /** Takes away all bars, so that an error message stands on a clean line. */
  stopProgress(): void {
    for (const progress of [...this.#progress]) progress.stop();
  }
}
