import { InvalidInputError } from '@plimsoll/domain';

const UNIT_MS: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1 },
  ...{ s: 1_000, m: 60_000, h: 3_600_000 },
};
const DURATION = /^([+-]?)((?:\d+(?:\.\d+)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;

/**
 * Reads `keep_alive`: seconds, or a Go duration such as `1h30m`. Milliseconds; negative means for ever.
 * @throws InvalidInputError
 */
export function keepAliveMs(value: number | string): number | 'forever' {
  const ms = typeof value === 'number' ? value * 1_000 : goDurationMs(value);
  if (!Number.isFinite(ms)) throw new InvalidInputError(`keep_alive is no duration: ${JSON.stringify(value)}.`);
  return ms < 0 ? 'forever' : Math.round(ms);
}

function goDurationMs(text: string): number {
  const trimmed = text.trim();
  if (/^[+-]?\d+$/.test(trimmed)) return Number(trimmed) * 1_000;
  if (!DURATION.test(trimmed)) return NaN;
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)];
  const sum = parts.reduce((total, [, count, unit]) => total + Number(count) * (UNIT_MS[unit ?? ''] ?? NaN), 0);
  return trimmed.startsWith('-') ? -sum : sum;
}
