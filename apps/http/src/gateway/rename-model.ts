/** How far into a line its model is looked for; it stands near the beginning. */
const WINDOW_BYTES = 8 * 1024;
const NEWLINE = 0x0a;

/**
 * Changes the name of the model in each line of a JSON answer, the first one in the line only: a text in it cannot be
 * taken for the field, since its quotes are escaped. Bytes that need no look pass untouched and at once.
 */
export function renameModel(from: string, to: string): (body: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array> {
  if (from === to) return (body) => body;
  const fields = [`"model":${JSON.stringify(from)}`, `"model": ${JSON.stringify(from)}`].map((text) =>
    Buffer.from(text),
  );
  const replacement = Buffer.from(`"model":${JSON.stringify(to)}`);
  const renamed = (line: Buffer): Buffer => {
    for (const field of fields) {
      const at = line.indexOf(field);
      if (at >= 0) return Buffer.concat([line.subarray(0, at), replacement, line.subarray(at + field.length)]);
    }
    return line;
  };

  return async function* rename(body) {
    let head: Buffer | null = Buffer.alloc(0);
    for await (const bytes of body) {
      const out: Buffer[] = [];
      let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      while (rest.length > 0) {
        const end = rest.indexOf(NEWLINE) + 1;
        const piece: Buffer = end === 0 ? rest : rest.subarray(0, end);
        rest = rest.subarray(piece.length);
        if (head === null) out.push(piece);
        else head = Buffer.concat([head, piece]);
        if (head !== null && (end > 0 || head.length >= WINDOW_BYTES)) {
          out.push(renamed(head));
          head = null;
        }
        if (end > 0) head = Buffer.alloc(0);
      }
      if (out.length > 0) yield Buffer.concat(out);
    }
    if (head !== null && head.length > 0) yield renamed(head);
  };
}
