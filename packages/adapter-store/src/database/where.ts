import type { MeasurementFilter } from '@plimsoll/domain';
import { LAST_MS } from './migrations.js';

/** A condition in SQL and the values for its question marks. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

type Column = readonly [column: string, value: string | number | undefined];

/** The condition that a filter means. */
export function conditionOf(filter: MeasurementFilter): Condition {
  const columns: readonly Column[] = [
    ['kind', filter.kind],
    ['model', filter.model],
    ['variant', filter.variant],
    ['level', filter.level],
    ['digest', filter.digest],
    ['architecture', filter.architecture],
    ['backend', filter.backend],
    ['device', filter.device],
    ['comparison_id', filter.comparisonId],
    ['is_foreign', filter.foreign === undefined ? undefined : Number(filter.foreign)],
  ];
  const parts = columns.flatMap(([column, value]) => (value === undefined ? [] : [{ sql: `${column} = ?`, value }]));
  if (filter.sinceMs !== undefined) parts.push({ sql: 'at_ms >= ?', value: filter.sinceMs });
  // As one value: a statement takes a bounded number of question marks.
  if (filter.digests !== undefined) {
    parts.push({ sql: 'digest IN (SELECT value FROM json_each(?))', value: JSON.stringify(filter.digests) });
  }
  return {
    sql: parts.length === 0 ? 'TRUE' : parts.map(({ sql }) => sql).join(' AND '),
    values: parts.map(({ value }) => value),
  };
}

/** The millisecond that a time is ordered by. */
export function wholeMs(atMs: number): number {
  return Math.min(Math.max(Math.floor(atMs), 0), LAST_MS);
}
