import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  LibsqlMeasurementStore,
  exportMeasurements,
  importMeasurements,
  type ExchangeFormat,
} from '@plimsoll/adapter-store';
import type { StatsExportDocument, StatsImportDocument } from '@plimsoll/contract';
import {
  CancelledError,
  InvalidInputError,
  StorageFailedError,
  isPlimsollError,
  type Measurement,
  type MeasurementFilter,
} from '@plimsoll/domain';
import { writeBeside } from '@plimsoll/local-models';
import { EXIT } from '../../errors/exit-codes.js';
import { formatCount } from '../../output/format.js';
import { checkWritable } from '../../output/write-file.js';
import type { CommandContext } from '../command-context.js';

/** Refused lines that people are shown; the JSON document has up to a hundred. */
const MOST_SHOWN = 10;

/** `plimsoll stats --export`: the records that the other flags ask for, newest first, as a whole file or none. */
export async function exportStats(
  { output, signal }: CommandContext,
  storeFile: string,
  file: string,
  filter: MeasurementFilter,
): Promise<number> {
  const format = formatOf('--export', file);
  await checkWritable('--export', file);
  const store = existsSync(storeFile) ? new LibsqlMeasurementStore(storeFile) : null;
  let records = 0;
  async function* counted(): AsyncGenerator<Measurement, void> {
    for await (const measurement of store?.stream(filter) ?? []) {
      records += 1;
      yield measurement;
    }
  }
  const pieces = (): Readable => Readable.from(exportMeasurements(counted(), format));
  try {
    await writeBeside(file, (partial) => pipeline(pieces(), createWriteStream(partial), { signal }));
  } catch (cause) {
    if (signal.aborted) throw new CancelledError('The export was cancelled; nothing was written.', { cause });
    if (isPlimsollError(cause)) throw cause;
    throw new StorageFailedError(`${file} cannot be written (${codeOf(cause)}).`, { cause });
  } finally {
    await store?.close();
  }
  const document: StatsExportDocument = { schema: 'plimsoll.stats-export/1', file, format, records };
  output.result(document, (shown) => `${formatCount(records)} measurements are in ${shown.file}.`);
  return EXIT.done;
}

/**
 * `plimsoll stats --import`: valid records are taken in, marked as foreign; those that cannot be read are left out
 * and named by their line. Exit code 1 tells that there were some.
 */
export async function importStats(
  { output, signal }: CommandContext,
  storeFile: string,
  file: string,
): Promise<number> {
  const format = formatOf('--import', file);
  await checkReadable(file);
  const store = new LibsqlMeasurementStore(storeFile);
  try {
    const { accepted, refused, refusedLines } = await importMeasurements(
      store,
      createReadStream(file, { signal }) as AsyncIterable<Uint8Array>,
      format,
    );
    const document: StatsImportDocument = {
      schema: 'plimsoll.stats-import/1',
      ...{ file, format, accepted, refused },
      refusedLines: refusedLines.map(({ line, reason }) => ({ line, reason })),
    };
    output.result(document, renderImport);
    return refused === 0 ? EXIT.done : EXIT.failed;
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new CancelledError('The import was cancelled. What was read so far is kept; import the file again.', {
      cause,
    });
  } finally {
    await store.close();
  }
}

function renderImport({ file, accepted, refused, refusedLines }: StatsImportDocument): string {
  const lines = [
    `${formatCount(accepted)} measurements of ${file} are here, marked as foreign; those that were here before stayed as they were.`,
  ];
  if (refused > 0) {
    lines.push(`${formatCount(refused)} were left out:`);
    lines.push(...refusedLines.slice(0, MOST_SHOWN).map(({ line, reason }) => `  line ${line}: ${reason}`));
    if (refused > MOST_SHOWN) lines.push(`  and ${formatCount(refused - MOST_SHOWN)} more (see --json)`);
  }
  return lines.join('\n');
}

function formatOf(flag: string, file: string): ExchangeFormat {
  if (/\.(?:jsonl|ndjson)$/iu.test(file)) return 'jsonl';
  if (/\.csv$/iu.test(file)) return 'csv';
  throw new InvalidInputError(`${flag} names ${file}, whose format is not known.`, {
    hint: 'Use a name that ends in .jsonl (JSON lines) or .csv (a table).',
  });
}

async function checkReadable(file: string): Promise<void> {
  try {
    if (!(await stat(file)).isFile()) throw new InvalidInputError(`--import names ${file}, which is no file.`);
  } catch (cause) {
    if (isPlimsollError(cause)) throw cause;
    if (codeOf(cause) === 'ENOENT') {
      throw new InvalidInputError(`--import names ${file}, which does not exist.`, { cause });
    }
    throw new StorageFailedError(`--import names ${file}, which cannot be read (${codeOf(cause)}).`, { cause });
  }
}

const codeOf = (cause: unknown): string => (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
