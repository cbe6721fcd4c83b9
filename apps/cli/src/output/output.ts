import {
  printable,
  printableDocument,
  printableJson,
  printableLines,
  printableRendering,
  printableSentence,
} from './printable.js';
import { createProgress, type Progress } from './progress.js';
import { COLOURED, PLAIN, wantsColour, type Style } from './style.js';
import type { TextStream } from './text-stream.js';
import { wrapLines } from './wrap.js';

/** A JSON document as commands print it: `schema` names its shape and version, such as `plimsoll.plan/1`. */
export interface JsonDocument {
  readonly schema: string;
}

/** What an output room is made of. */
export interface OutputOptions {
  readonly stdout: TextStream;
  /** Opened when something is written to it: most commands have nothing to say there. */
  readonly stderr: TextStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
}

const USUAL_COLUMNS = 80;

/** Columns that the environment asks for; null when it says nothing sensible. */
function columnsIn(env: OutputOptions['env']): number | null {
  const columns = Number(env['COLUMNS'] ?? '');
  return Number.isInteger(columns) && columns >= 20 && columns <= 10_000 ? columns : null;
}

/**
 * Where a command speaks: its result on stdout, everything else on stderr. With `--json` stdout gets one
 * document and nothing else. Whatever is written is printable: foreign text cannot act on the terminal.
 */
export class Output {
  readonly json: boolean;
  /** Decorations for stdout. */
  readonly style: Style;
  readonly #options: OutputOptions;
  readonly #stdout: TextStream;
  readonly #columns: number | null;
  readonly #progress = new Set<Progress>();

  constructor(options: OutputOptions, json: boolean) {
    this.json = json;
    this.#options = options;
    this.#stdout = options.stdout;
    this.#columns = columnsIn(options.env);
    this.style = wantsColour(options.stdout.isTTY === true, options.env) ? COLOURED : PLAIN;
  }

  /** Decorations for stderr. */
  get errorStyle(): Style {
    return wantsColour(this.#stderr.isTTY === true, this.#options.env) ? COLOURED : PLAIN;
  }

  get #stderr(): TextStream {
    return this.#options.stderr;
  }

  /** Columns that lines may have: what `COLUMNS` says, else the terminal; null where stdout is none. */
  get width(): number | null {
    return this.#widthOf(this.#stdout);
  }

  /** Whether a person watches stdout. */
  get interactive(): boolean {
    return this.#stdout.isTTY === true;
  }

  /** The result: the document with `--json`, else the text that `render` makes of it, made printable. */
  result<Document extends JsonDocument>(document: Document, render: (shown: Document) => string): void {
    if (this.json) this.#stdout.write(`${printableJson(JSON.stringify(document, null, 2))}\n`);
    else this.part(document, render);
  }

  /** One of several documents on one line each, for `--json`. Nothing without it. */
  jsonLine(document: JsonDocument): void {
    if (this.json) this.#stdout.write(`${printableJson(JSON.stringify(document))}\n`);
  }

  /** A part of the result for people: the text that `render` makes of a document. Nothing with `--json`. */
  part<Document>(document: Document, render: (shown: Document) => string): void {
    if (!this.json) this.line(render(printableDocument(document)));
  }

  /** Text of our own for stdout as it stands, with and without `--json`. */
  raw(text: string): void {
    this.#stdout.write(text);
  }

  /** Rendered lines of the result for people. Nothing with `--json`. */
  line(text = ''): void {
    if (!this.json) this.#stdout.write(`${wrapLines(printableRendering(text), this.width)}\n`);
  }

  /** A piece of a model's answer, without a line break. Nothing with `--json`. */
  piece(text: string): void {
    if (!this.json) this.#stdout.write(printableLines(text));
  }

  /** Clears a terminal, so that what follows stands at its top. */
  clear(): void {
    if (this.interactive && !this.json) this.#stdout.write('\u001b[H\u001b[2J');
  }

  /** Rendered lines beside the result, on stderr. */
  note(text: string): void {
    this.#stderr.write(`${wrapLines(printableRendering(text), this.#widthOf(this.#stderr))}\n`);
  }

  /** A warning beside the result, on stderr; foreign text may be part of it. */
  warn(message: string): void {
    this.note(`${this.errorStyle.yellow('Warning:')} ${printableSentence(message)}`);
  }

  /** A failure as a JSON document on one line, on stderr. */
  jsonNote(document: JsonDocument): void {
    this.#stderr.write(`${printableJson(JSON.stringify(document))}\n`);
  }

  #widthOf(stream: TextStream): number | null {
    return this.#columns ?? (stream.isTTY === true ? (stream.columns ?? USUAL_COLUMNS) : null);
  }

  /** Begins a progress bar on stderr. */
  progress(title?: string): Progress {
    const bar = createProgress({
      stream: this.#stderr,
      nowMs: this.#options.nowMs,
      ...(title === undefined ? {} : { title: printable(title) }),
    });
    const tracked: Progress = {
      update: (label, share) => bar.update(printable(label), share),
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
