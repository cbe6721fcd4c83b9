import { MAX_LINE_CHARACTERS, decodePieces } from './lines.js';
import type { TextPieces } from './lines.js';

/** One line of CSV by RFC 4180, without its end. */
export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}

/** Reads CSV by RFC 4180 record by record: quoted cells may hold commas, doubled quotes and line ends. */
export async function* readCsv(pieces: TextPieces): AsyncGenerator<readonly string[], void> {
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let afterQuote = false;
  for await (const piece of decodePieces(pieces)) {
    for (const character of piece) {
      if (quoted) {
        if (character === '"') [quoted, afterQuote] = [false, true];
        else if (cell.length < MAX_LINE_CHARACTERS) cell += character;
      } else if (character === '"') {
        // A quote right after a closing one stands for itself.
        if (afterQuote) cell += character;
        quoted = true;
      } else if (character === ',') {
        cells.push(cell);
        cell = '';
      } else if (character === '\n') {
        yield [...cells, cell];
        [cells, cell] = [[], ''];
      } else if (character !== '\r' && character !== '\uFEFF' && cell.length < MAX_LINE_CHARACTERS) cell += character;
      if (character !== '"') afterQuote = false;
    }
  }
  if (cell !== '' || cells.length > 0) yield [...cells, cell];
}
