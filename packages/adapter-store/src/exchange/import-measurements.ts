import { InvalidInputError } from '@plimsoll/domain';
import type { CallOptions, Measurement, MeasurementStore } from '@plimsoll/domain';
import { measurementSchema } from '../measurement-schema.js';
import { REQUIRED_COLUMNS, cellsToRecord } from './csv-columns.js';
import { readCsv } from './csv-text.js';
import type { ExchangeFormat } from './export-measurements.js';
import { splitLines } from './lines.js';
import type { TextPieces } from './lines.js';

/** One line that could not be taken in. */
export interface RefusedLine {
  /** Counted from 1; records of a table may span several lines, then it is the record's number. */
  readonly line: number;
  readonly reason: string;
}

/** What became of an import. */
export interface ImportResult {
  /** Valid records; those that the store had already, by their id, count too and stay as they were. */
  readonly accepted: number;
  readonly refused: number;
  /** The first hundred refused lines. */
  readonly refusedLines: readonly RefusedLine[];
}

const BATCH = 500;
const MOST_REASONS = 100;

/**
 * Takes measurements of another machine in. They are marked as foreign; what is wrong is left out and named.
 * @throws InvalidInputError when a table lacks the columns of a measurement.
 */
export async function importMeasurements(
  store: MeasurementStore,
  pieces: TextPieces,
  format: ExchangeFormat,
  options: CallOptions = {},
): Promise<ImportResult> {
  const refusedLines: RefusedLine[] = [];
  let [accepted, refused] = [0, 0];
  let batch: Measurement[] = [];
  for await (const { line, read } of format === 'csv' ? readTable(pieces) : readLines(pieces)) {
    const result = check(read);
    if (typeof result === 'string') {
      refused++;
      if (refusedLines.length < MOST_REASONS) refusedLines.push({ line, reason: result });
      continue;
    }
    accepted++;
    batch.push(result);
    if (batch.length < BATCH) continue;
    await store.append(batch, options);
    batch = [];
  }
  if (batch.length > 0) await store.append(batch, options);
  return { accepted, refused, refusedLines };
}

interface ReadRecord {
  readonly line: number;
  /** Throws when the line cannot be read at all. */
  readonly read: () => unknown;
}

async function* readLines(pieces: TextPieces): AsyncGenerator<ReadRecord, void> {
  let line = 0;
  for await (const text of splitLines(pieces)) {
    line++;
    if (text.trim() !== '') yield { line, read: () => JSON.parse(text.replace(/^\uFEFF/u, '')) as unknown };
  }
}

async function* readTable(pieces: TextPieces): AsyncGenerator<ReadRecord, void> {
  let header: readonly string[] | null = null;
  let line = 0;
  for await (const cells of readCsv(pieces)) {
    line++;
    if (header === null) {
      header = checkHeader(cells);
      continue;
    }
    const names = header;
    if (cells.length > 1 || cells[0] !== '') yield { line, read: () => cellsToRecord(names, cells) };
  }
}

function checkHeader(cells: readonly string[]): readonly string[] {
  const missing = REQUIRED_COLUMNS.filter((path) => !cells.includes(path));
  if (missing.length === 0) return cells;
  throw new InvalidInputError(`The table has no column ${missing.join(', ')}.`, {
    hint: 'Import what Plimsoll has exported as CSV or JSON lines.',
  });
}

/** The record, marked as foreign, or why it is refused. */
function check(read: () => unknown): Measurement | string {
  try {
    const result = measurementSchema.safeParse(read());
    if (result.success) return { ...result.data, foreign: true };
    const [issue] = result.error.issues;
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a measurement'}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
