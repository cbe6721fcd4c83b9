/** A line longer than this is no record of ours; it is cut, and then refused. */
export const MAX_LINE_CHARACTERS: number = 1024 * 1024;

/** Texts or bytes in pieces of any size, such as a file's stream. */
export type TextPieces = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** Decodes pieces and hands on text, in pieces. */
export async function* decodePieces(pieces: TextPieces): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  for await (const piece of pieces) yield typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

/** Cuts text into lines without their ends, in bounded memory. */
export async function* splitLines(pieces: TextPieces): AsyncGenerator<string, void> {
  let rest = '';
  for await (const piece of decodePieces(pieces)) {
    const lines = (rest + piece).split(/\r?\n/u);
    rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
    yield* lines;
  }
  if (rest !== '') yield rest;
}
