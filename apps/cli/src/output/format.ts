import { formatBytes as formatKnownBytes, grouped } from '@plimsoll/domain';

/** What stands in a table where a value is not known. */
export const UNKNOWN = '–';

/** Bytes in IEC units, such as `4.58 GiB`; an en dash for null. */
export function formatBytes(bytes: number | null): string {
  return bytes === null ? UNKNOWN : formatKnownBytes(bytes);
}

/** Milliseconds as people say them: `0.4 ms`, `850 ms`, `1.2 s`, `2 min 5 s`, `1 h 3 min`; an en dash for null. */
export function formatDuration(durationMs: number | null): string {
  if (durationMs === null) return UNKNOWN;
  if (durationMs < 9.95) return `${durationMs.toFixed(1)} ms`;
  if (durationMs < 999.5) return `${durationMs.toFixed(0)} ms`;
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A number with three significant digits and grouped thousands, such as `1,930` or `0.0042`; an en dash for null. */
export function formatNumber(value: number | null): string {
  if (value === null) return UNKNOWN;
  if (value === 0 || Math.abs(value) >= 99.95) return formatCount(value);
  return String(Number(value.toPrecision(3)));
}

/** A whole number with grouped thousands, such as `131,072`; an en dash for null. */
export function formatCount(value: number | null): string {
  return value === null ? UNKNOWN : grouped(Number(value.toFixed(0)));
}

/** A share (0 to 1) in percent, such as `97.3 %`; an en dash for null. */
export function formatPercent(share: number | null, digits = 1): string {
  return share === null ? UNKNOWN : `${(share * 100).toFixed(digits)} %`;
}

/** A value with its standard error, both to the error's first digit: `0.0062 ± 0.0002`. */
export function formatWithError(value: number, error: number): string {
  if (!(error > 0)) return formatNumber(value);
  const decimals = Math.min(12, Math.max(0, -Math.floor(Math.log10(error))));
  return `${value.toFixed(decimals)} ± ${error.toFixed(decimals)}`;
}
