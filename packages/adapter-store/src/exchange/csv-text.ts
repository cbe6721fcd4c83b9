import { Readable, pipeline } from 'node:stream';
import { InvalidInputError } from '@plimsoll/domain';
import { CsvError, parse } from 'csv-parse';
import { stringify } from 'csv-stringify';
import { MAX_LINE_CHARACTERS } from './lines.js';
import type { TextPieces } from './lines.js';

type Cells = readonly string[];

/** Writes rows as CSV by RFC 4180, in pieces. */
export async function* writeCsv(rows: AsyncIterable<Cells>): AsyncGenerator<string, void> {
  // A lone carriage return counts as the end of a line in some programs.
  const text = stringify({ quoted_match: /\r/u });
  pipeline(Readable.from(rows), text, () => undefined);
  for await (const piece of text.setEncoding('utf8')) yield piece as string;
}

/**
 * Reads CSV by RFC 4180 record by record, in bounded memory; a stray quote stands for itself.
 * @throws InvalidInputError for a record that is too long to be one, or does not end
 */
export async function* readCsv(pieces: TextPieces): AsyncGenerator<Cells, void> {
  const records = parse({
    bom: true,
    record_delimiter: ['\n', '\r\n'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MAX_LINE_CHARACTERS,
  });
  pipeline(Readable.from(pieces), records, () => undefined);
  try {
    for await (const record of records) yield record as Cells;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new InvalidInputError(`The table cannot be read: ${cause.message}.`, {
      cause,
      hint: 'Mend that record and import the file again; what was taken in already is not taken twice.',
    });
  }
}
