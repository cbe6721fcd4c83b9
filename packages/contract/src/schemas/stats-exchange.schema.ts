import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';

const format = z.enum(['jsonl', 'csv']);
const count = z.int().min(0);

/** Shape of `StatsExportDocument`. */
export const statsExportSchema = z.strictObject({
  schema: z.literal('plimsoll.stats-export/1'),
  file: z.string(),
  format,
  /** Measurements that were written. */
  records: count,
});

/** What `plimsoll stats --export` prints with `--json`. */
export type StatsExportDocument = DocumentOf<typeof statsExportSchema>;

/** Shape of `StatsImportDocument`. */
export const statsImportSchema = z.strictObject({
  schema: z.literal('plimsoll.stats-import/1'),
  file: z.string(),
  format,
  /** Valid records: they are in the store now, marked as foreign, or were there before. */
  accepted: count,
  /** Records that were left out. */
  refused: count,
  /** The first hundred of them, by line (of a table: by record), counted from 1. */
  refusedLines: z.array(z.strictObject({ line: z.int().min(1), reason: z.string() })),
});

/** What `plimsoll stats --import` prints with `--json`. */
export type StatsImportDocument = DocumentOf<typeof statsImportSchema>;
