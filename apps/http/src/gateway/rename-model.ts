import type { BodyRewriter } from '@plimsoll/transport';

/** How far into a line its model is looked for; it stands near the beginning. */
const WINDOW_BYTES = 8 * 1024;
const NEWLINE = 0x0a;

/**
 * Changes the name of the model in each line of a JSON answer, the first one in the line only: a text in it cannot be
 * taken for the field, since its quotes are escaped. Bytes that need no look pass untouched and at once. Null where
 * both names are the same.
 */
export function renameModel(from: string, to: string): BodyRewriter | null {
  return from === to ? null : new ModelRenamer(from, to);
}

class ModelRenamer implements BodyRewriter {
  readonly #fields: readonly Buffer[];
  readonly #replacement: Buffer;
  /** The beginning of a line that was not looked at yet; null behind the place of the name. */
  #head: Buffer | null = Buffer.alloc(0);

  constructor(from: string, to: string) {
    const name = JSON.stringify(from);
    this.#fields = [`"model":${name}`, `"model": ${name}`].map((text) => Buffer.from(text));
    this.#replacement = Buffer.from(`"model":${JSON.stringify(to)}`);
  }

  piece(bytes: Buffer): Buffer | null {
    const out: Buffer[] = [];
    let rest = bytes;
    while (rest.length > 0) {
      const end = rest.indexOf(NEWLINE) + 1;
      const part = end === 0 ? rest : rest.subarray(0, end);
      rest = rest.subarray(part.length);
      if (this.#head === null) out.push(part);
      else this.#head = this.#head.length === 0 ? part : Buffer.concat([this.#head, part]);
      if (this.#head !== null && (end > 0 || this.#head.length >= WINDOW_BYTES)) {
        this.#write(this.#head, out);
        this.#head = null;
      }
      if (end > 0) this.#head = Buffer.alloc(0);
    }
    if (out.length === 0) return null;
    return out.length === 1 ? (out[0] ?? null) : Buffer.concat(out);
  }

  end(): Buffer | null {
    const out: Buffer[] = [];
    if (this.#head !== null) this.#write(this.#head, out);
    this.#head = null;
    return out.length === 0 ? null : Buffer.concat(out);
  }

  #write(line: Buffer, out: Buffer[]): void {
    for (const field of this.#fields) {
      const at = line.indexOf(field);
      if (at < 0) continue;
      out.push(line.subarray(0, at), this.#replacement, line.subarray(at + field.length));
      return;
    }
    out.push(line);
  }
}
