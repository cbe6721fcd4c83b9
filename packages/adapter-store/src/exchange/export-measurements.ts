import type { Measurement } from '@plimsoll/domain';
import { CSV_COLUMNS, measurementToCells } from './csv-columns.js';
import { csvLine } from './csv-text.js';

/** How measurements stand in a file: one JSON object a line, or a table. */
export type ExchangeFormat = 'jsonl' | 'csv';

/**
 * Writes measurements piece by piece, one line with its end each; give it the `stream` of a store, or a list. Answers
 * to tasks and texts of errors stay here: they may repeat the user's own prompts and paths.
 */
export async function* exportMeasurements(
  measurements: AsyncIterable<Measurement> | Iterable<Measurement>,
  format: ExchangeFormat,
): AsyncGenerator<string, void> {
  if (format === 'csv') yield `${csvLine(CSV_COLUMNS.map(([path]) => path))}\n`;
  for await (const measurement of measurements) yield `${lineOf(measurement, format)}\n`;
}

function lineOf(measurement: Measurement, format: ExchangeFormat): string {
  return format === 'csv' ? csvLine(measurementToCells(measurement)) : JSON.stringify(forOthers(measurement));
}

function forOthers(measurement: Measurement): Measurement {
  const shared = { ...measurement };
  delete shared.errorMessage;
  if (shared.kind !== 'task') return shared;
  const { id, passed, score } = shared.task;
  return { ...shared, task: { id, passed, score } };
}
