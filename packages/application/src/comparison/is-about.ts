import { cacheOf } from '@plimsoll/domain';
import type { Measurement } from '@plimsoll/domain';
import type { ComparisonCell } from './comparison.js';

/** Whether a record of a comparison is about this cell. */
export function isAbout(record: Measurement, cell: ComparisonCell): boolean {
  return record.variant === cell.variant && cacheOf(record) === cell.kvCache;
}
