import type { Measurement } from '@plimsoll/domain';
import { CSV_COLUMNS, measurementToCells } from './csv-columns.js';
import { csvLine } from './csv-text.js';

/** How measurements stand in a file: one JSON object a line, or a table. */
export type ExchangeFormat = 'jsonl' | 'csv';

/** Writes measurements piece by piece, one line with its end each; give it the `stream` of a store, or a list. */
export async function* exportMeasurements(
  measurements: AsyncIterable<Measurement> | Iterable<Measurement>,
  format: ExchangeFormat,
): AsyncGenerator<string, void> {
  if (format === 'csv') yield `${csvLine(CSV_COLUMNS.map(([path]) => path))}\n`;
  for await (const measurement of measurements) yield `${lineOf(measurement, format)}\n`;
}

function lineOf(measurement: Measurement, format: ExchangeFormat): string {
  return format === 'csv' ? csvLine(measurementToCells(measurement)) : JSON.stringify(measurement);
}
