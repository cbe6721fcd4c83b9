import { LEAST_SCORED_TOKENS, LEAST_TIMED_RUNS } from '@plimsoll/application';
import type { StatsDocument } from '@plimsoll/contract';
import { formatCount, formatNumber } from '../../output/format.js';
import type { Style } from '../../output/style.js';
import { renderTable } from '../../output/table.js';

const BARS: readonly string[] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** How speed went over time, oldest left. Empty without trends. */
export function renderTrends(trends: StatsDocument['trends'], style: Style, width: number | null): string {
  if (trends.length === 0) return '';
  return renderTable(
    [
      { header: 'TREND', flexible: true },
      { header: 'RUNS', align: 'right', dropped: 1 },
      { header: 'TOKENS/S' },
      { header: 'NOW', align: 'right' },
      { header: 'CHANGE', align: 'right', dropped: 2 },
    ],
    trends.map(({ variant, kvCache, runs, decodeTokensPerSecond, change }) => [
      kvCache === null || kvCache === 'f16' ? variant : `${variant} / ${kvCache}`,
      String(runs),
      sparkline(decodeTokensPerSecond),
      formatNumber(decodeTokensPerSecond.at(-1) ?? null),
      `${change < 0 ? '−' : '+'}${Math.abs(change * 100).toFixed(0)} %`,
    ]),
    { maxWidth: width, headerStyle: style.dim },
  );
}

/** What got worse, a line each. Empty when nothing did. */
export function renderRegressions(regressions: StatsDocument['regressions'], style: Style): string {
  return regressions.map(({ message }) => `${style.yellow('!')} ${message}`).join('\n');
}

/** What the measurements propose, with reasons, and how to agree. Empty when it was not asked for. */
export function renderProposals({ proposals, applied }: StatsDocument, style: Style): string {
  if (proposals === null) return '';
  if (proposals.length === 0) {
    const least = `${formatCount(LEAST_SCORED_TOKENS)} tokens of text, and a cache from ${LEAST_TIMED_RUNS} timed runs on`;
    return `The measurements propose no change. A level counts from ${least}.\nMeasure more with: plimsoll compare MODEL --levels …`;
  }
  const lines = proposals.flatMap(({ model, override, reasons }) => [
    `${style.bold(model)}: ${Object.entries(override)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${WORDS[key] ?? key} ${String(value)}`)
      .join(', ')}`,
    ...reasons.map((reason) => `  ${reason}`),
  ]);
  return [...lines, applied ? 'This is in the configuration now.' : 'Agree with: plimsoll stats --apply'].join('\n');
}

const WORDS: Readonly<Record<string, string>> = {
  level: 'level',
  kvCacheType: 'KV cache',
  enabled: 'quantization on:',
};

/** Bars from 0 to the highest value, so that a small change looks small. */
function sparkline(values: readonly number[]): string {
  const highest = Math.max(...values);
  return values.map((value) => BARS[Math.max(0, Math.ceil((value / highest) * BARS.length) - 1)] ?? '').join('');
}
