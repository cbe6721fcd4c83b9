import type { MeasurementFilter } from '@plimsoll/domain';

/** A condition in SQL and the values for its numbered places. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** The condition that a filter means. */
export function conditionOf(filter: MeasurementFilter): Condition {
  const parts: readonly (readonly [left: string, value: unknown, right?: string])[] = [
    ['kind =', filter.kind],
    ['model =', filter.model],
    ['variant =', filter.variant],
    ['level =', filter.level],
    ['digest =', filter.digest],
    ['digest = ANY(', filter.digests, ')'],
    ['architecture =', filter.architecture],
    ['backend =', filter.backend],
    ['device =', filter.device],
    ['comparison_id =', filter.comparisonId],
    ['is_foreign =', filter.foreign],
    ['at_ms >=', filter.sinceMs],
  ];
  const given = parts.filter(([, value]) => value !== undefined);
  return {
    sql: ['TRUE', ...given.map(([left, , right = ''], index) => `${left} $${index + 1}${right}`)].join(' AND '),
    values: given.map(([, value]) => value),
  };
}
