/** A piece of a stream: an event of SSE, or a line. */
interface Piece {
  /** `[DONE]`, the type that the event names, or what is told apart in lines: `text`, `done`, `error`. */
  readonly name: string;
  readonly value: unknown;
}

/** Reads a whole stream of either form. */
export function parsePieces(text: string): readonly Piece[] {
  const isLines = !/^(?:data|event|:)/m.test(text);
  const pieces = isLines ? text.split('\n') : text.split('\n\n').flatMap((event) => dataOf(event));
  return pieces.filter((piece) => piece.trim() !== '').map(read);
}

const dataOf = (event: string): readonly string[] =>
  event
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trim());

function read(piece: string): Piece {
  if (piece === '[DONE]') return { name: piece, value: null };
  const value = JSON.parse(piece) as Readonly<Record<string, unknown>>;
  return { name: nameOf(value), value };
}

function nameOf(value: Readonly<Record<string, unknown>>): string {
  if ('error' in value && value['type'] === undefined) return 'error';
  if (typeof value['type'] === 'string') return value['type'];
  const choice = Array.isArray(value['choices']) ? (value['choices'][0] as unknown) : undefined;
  if (Array.isArray(value['choices'])) {
    if (choice === undefined) return 'usage';
    return (choice as { finish_reason?: unknown }).finish_reason == null ? 'text' : 'finish';
  }
  if (typeof value['status'] === 'string') return 'status';
  return value['done'] === true ? 'done' : 'text';
}
