const KEPT_LINES = 40;

/** The engine's last log lines, for the messages of errors, and a tap for whoever reads progress from it. */
export class EngineLog {
  readonly #lines: string[] = [];
  #partial = '';
  /** Sees every finished line. */
  onLine: ((line: string) => void) | null = null;

  /** Takes a piece of log text as the engine wrote it. */
  write(text: string): void {
    this.#partial += text;
    let end: number;
    while ((end = this.#partial.indexOf('\n')) >= 0) {
      const line = this.#partial.slice(0, end).trimEnd();
      this.#partial = this.#partial.slice(end + 1);
      if (line.trim() === '') continue;
      this.#lines.push(line);
      if (this.#lines.length > KEPT_LINES) this.#lines.shift();
      this.onLine?.(line);
    }
    // A line without an end must not grow for ever.
    if (this.#partial.length > 65_536) this.#partial = '';
  }

  clear(): void {
    this.#lines.length = 0;
    this.#partial = '';
  }

  /** The kept lines, oldest first. */
  lines(): readonly string[] {
    return this.#lines;
  }

  /** The last line that says what went wrong, without the engine's function names; null when there is none. */
  reason(): string | null {
    // A file's name may hold any of these words; the lines that repeat it say nothing else.
    const lines = this.#lines.filter((text) => !/loaded meta data|^load_backend|: - kv/.test(text));
    // The first failure is the cause; later ones only pass it on.
    const line =
      lines.find((text) => /\berror\b/i.test(text)) ??
      lines.find((text) => /fail|invalid|unknown|missing|unsupported/i.test(text));
    return line === undefined
      ? null
      : line
          .replace(/^\s*[\w:~]+: /, '')
          .replace(/^error[\w ]*: /i, '')
          .trim();
  }
}
