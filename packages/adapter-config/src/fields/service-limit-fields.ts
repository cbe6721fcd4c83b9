import { BOUNDS, DEFAULT_SERVICE_LIMITS } from '@plimsoll/domain';
import type { Bounds, ServiceLimits } from '@plimsoll/domain';
import { z } from 'zod';

const BYTES_PER_MB = 1024 ** 2;
const MS_PER_SECOND = 1000;

/** One key of `http.limits`: whole units of the file, and how many of the setting's each is. */
interface LimitKey {
  readonly key: string;
  readonly setting: keyof ServiceLimits;
  readonly unit: number;
  readonly bounds: Bounds;
  readonly mayBeNull: boolean;
}

const count = (key: string, setting: keyof ServiceLimits, bounds: Bounds, mayBeNull = false): LimitKey => ({
  ...{ key, setting, bounds, mayBeNull, unit: 1 },
});

const KEYS: readonly LimitKey[] = [
  count('concurrent_requests', 'concurrentRequests', BOUNDS.concurrentRequests),
  count('waiting_requests', 'waitingRequests', BOUNDS.waitingRequests),
  { key: 'wait_seconds', setting: 'waitMs', unit: MS_PER_SECOND, bounds: [1, 86_400], mayBeNull: false },
  { key: 'body_mb', setting: 'bodyBytes', unit: BYTES_PER_MB, bounds: [1, 1024], mayBeNull: false },
  { key: 'request_seconds', setting: 'requestMs', unit: MS_PER_SECOND, bounds: [1, 86_400], mayBeNull: false },
  count('requests_per_minute', 'requestsPerMinute', [1, 1_000_000], true),
  count('concurrent_per_client', 'concurrentPerClient', BOUNDS.concurrentRequests, true),
];

/** What the file holds; what is left out is as usual. */
export type LimitEntries = Readonly<Record<string, number | null | undefined>>;

export const ALLOWED_LIMITS: string = `an object with any of ${KEYS.map(({ key }) => key).join(', ')}`;

export const limitsSchema = (): z.ZodType<LimitEntries> =>
  z.strictObject(
    Object.fromEntries(
      KEYS.map(({ key, bounds: [least, most], mayBeNull }) => {
        const whole = z.int().min(least).max(most);
        return [key, (mayBeNull ? whole.nullable() : whole).optional()];
      }),
    ),
  );

/** Reads the entries, which have passed the schema. */
export const decodeLimits = (entries: LimitEntries): ServiceLimits => ({
  ...DEFAULT_SERVICE_LIMITS,
  ...Object.fromEntries(
    KEYS.flatMap(({ key, setting, unit }) => {
      const value = entries[key];
      return value === undefined ? [] : [[setting, value === null ? null : value * unit]];
    }),
  ),
});

/** What the file holds for them: what is usual is left out. */
export const encodeLimits = (limits: ServiceLimits): LimitEntries =>
  Object.fromEntries(
    KEYS.flatMap(({ key, setting, unit }) => {
      const value = limits[setting];
      if (value === DEFAULT_SERVICE_LIMITS[setting]) return [];
      return [[key, value === null ? null : Math.round(value / unit)]];
    }),
  );
