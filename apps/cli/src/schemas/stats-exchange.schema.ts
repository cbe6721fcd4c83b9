import { z } from 'zod';

/** What `plimsoll stats --export` prints with `--json`. */
export interface StatsExportDocument {
  readonly schema: 'plimsoll.stats-export/1';
  readonly file: string;
  readonly format: 'jsonl' | 'csv';
  /** Measurements that were written. */
  readonly records: number;
}

/** What `plimsoll stats --import` prints with `--json`. */
export interface StatsImportDocument {
  readonly schema: 'plimsoll.stats-import/1';
  readonly file: string;
  readonly format: 'jsonl' | 'csv';
  /** Valid records: they are in the store now, marked as foreign, or were there before. */
  readonly accepted: number;
  /** Records that were left out. */
  readonly refused: number;
  /** The first hundred of them, by line (of a table: by record), counted from 1. */
  readonly refusedLines: readonly { readonly line: number; readonly reason: string }[];
}

const format = z.enum(['jsonl', 'csv']);
const count = z.int().min(0);

/** Shape of `StatsExportDocument`. */
export const statsExportSchema: z.ZodType<StatsExportDocument> = z.strictObject({
  schema: z.literal('plimsoll.stats-export/1'),
  file: z.string(),
  format,
  records: count,
});

/** Shape of `StatsImportDocument`. */
export const statsImportSchema: z.ZodType<StatsImportDocument> = z.strictObject({
  schema: z.literal('plimsoll.stats-import/1'),
  file: z.string(),
  format,
  accepted: count,
  refused: count,
  refusedLines: z.array(z.strictObject({ line: z.int().min(1), reason: z.string() })),
});
