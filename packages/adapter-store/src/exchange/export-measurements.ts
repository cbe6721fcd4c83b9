import type { Measurement } from '@plimsoll/domain';
import { CSV_COLUMNS, measurementToCells } from './csv-columns.js';
import { writeCsv } from './csv-text.js';

/** How measurements stand in a file: one JSON object a line, or a table. */
export type ExchangeFormat = 'jsonl' | 'csv';

/**
 * Writes measurements piece by piece; give it the `stream` of a store, or a list. Answers
 * to tasks and texts of errors stay here: they may repeat the user's own prompts and paths.
 */
export async function* exportMeasurements(
  measurements: AsyncIterable<Measurement> | Iterable<Measurement>,
  format: ExchangeFormat,
): AsyncGenerator<string, void> {
  if (format === 'csv') yield* writeCsv(rowsOf(measurements));
  else for await (const measurement of measurements) yield `${JSON.stringify(forOthers(measurement))}\n`;
}

async function* rowsOf(measurements: AsyncIterable<Measurement> | Iterable<Measurement>) {
  yield CSV_COLUMNS.map(([path]) => path);
  for await (const measurement of measurements) yield measurementToCells(measurement);
}

function forOthers(measurement: Measurement): Measurement {
  const shared = { ...measurement };
  delete shared.errorMessage;
  if (shared.kind !== 'task') return shared;
  const { id, passed, score } = shared.task;
  return { ...shared, task: { id, passed, score } };
}
