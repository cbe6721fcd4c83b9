import { Writable } from 'node:stream';
import { createInterface, type Interface } from 'node:readline/promises';
import { printable } from '../../../output/printable.js';
import type { Terminal } from '../../command-context.js';
import { completeCommand } from './chat-commands.js';

/** A line that was typed, Ctrl-C with what stood there, or the end: Ctrl-D, or a terminal that went away. */
export type EditedLine =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'interrupted'; readonly typed: string }
  | { readonly kind: 'end' };

/** Lines that the arrow up brings back. */
const MOST_HISTORY = 500;

/** Node's line editor with its history. While an answer is written, nothing typed is shown, and Ctrl-C stops the answer. */
export class LineEditor {
  readonly #lines: Interface;
  readonly #output: Terminal['output'];
  readonly #early: string[] = [];
  #muted = false;
  #closed = false;
  #waiting: ((line: EditedLine) => void) | null = null;
  #answering: AbortController | null = null;

  constructor({ input, output }: Terminal) {
    this.#output = output;
    // A program that writes an answer and echoes keys at once makes a mess of both.
    const echo = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (!this.#muted) output.write(chunk);
        done();
      },
    });
    const shape = { columns: { get: () => output.columns }, rows: { get: () => output.rows } };
    this.#lines = createInterface({
      input,
      output: Object.defineProperties(echo, shape),
      terminal: true,
      historySize: MOST_HISTORY,
      removeHistoryDuplicates: true,
      completer: completeCommand,
    });
    output.on('resize', () => echo.emit('resize'));
    this.#lines.on('line', (text) => {
      if (this.#waiting === null) {
        if (this.#early.length < MOST_HISTORY) this.#early.push(text);
      } else this.#give({ kind: 'line', text });
    });
    this.#lines.on('SIGINT', () => this.#interrupt());
    this.#lines.on('close', () => {
      this.#closed = true;
      this.#answering?.abort();
      this.#give({ kind: 'end' });
    });
  }

  /** Waits for one line; what was typed meanwhile comes first. */
  async readLine(prompt: string): Promise<EditedLine> {
    const early = this.#early.shift();
    if (early !== undefined) {
      this.#output.write(`${prompt}${printable(early)}\n`);
      return { kind: 'line', text: early };
    }
    if (this.#closed) return { kind: 'end' };
    this.#lines.setPrompt(prompt);
    this.#lines.prompt();
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  /** Asks in the middle of work; the answer is a line typed after the question. Empty at Ctrl-C and at the end. */
  async ask(question: string): Promise<string> {
    if (this.#closed) return '';
    const answering = this.#answering;
    const muted = this.#muted;
    this.#answering = null;
    this.#muted = false;
    try {
      this.#lines.setPrompt(question);
      this.#lines.prompt();
      const line = await new Promise<EditedLine>((resolve) => (this.#waiting = resolve));
      return line.kind === 'line' ? line.text : '';
    } finally {
      this.#answering = answering;
      this.#muted = muted;
    }
  }

  /** Does `work`, which Ctrl-C stops. */
  async whileAnswering(signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const stopping = new AbortController();
    this.#answering = stopping;
    this.#muted = true;
    try {
      await work(AbortSignal.any([signal, stopping.signal]));
    } finally {
      this.#answering = null;
      this.#muted = false;
    }
  }

  close(): void {
    if (!this.#closed) this.#lines.close();
  }

  #give(line: EditedLine): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.(line);
  }

  #interrupt(): void {
    if (this.#answering !== null) {
      this.#answering.abort();
      return;
    }
    const typed = this.#lines.line;
    // Ctrl-U and Ctrl-K: what stands before and behind the cursor goes.
    this.#lines.write(null, { ctrl: true, name: 'e' });
    this.#lines.write(null, { ctrl: true, name: 'u' });
    this.#muted = false;
    this.#give({ kind: 'interrupted', typed });
  }
}
