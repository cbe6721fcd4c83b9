import { escapeHtml, readableNumber } from './html.js';

/** One labelled bar with the interval of its value. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const WIDTH = 720;
const ROW = 30;
const LEFT = 150;
const RIGHT = 110;

/** Horizontal bars from 0 with error bars and their numbers. Empty without bars. */
export function barChart(bars: readonly Bar[], title: string, unit: string): string {
  if (bars.length === 0) return '';
  const highest = Math.max(...bars.map(({ high }) => high)) || 1;
  const xOf = (value: number): number => LEFT + (value / highest) * (WIDTH - LEFT - RIGHT);
  const height = bars.length * ROW + 34;
  const rows = bars
    .map(({ label, value, low, high }, index) => {
      const y = 28 + index * ROW;
      const middle = y + ROW / 2 - 4;
      return (
        `<g><title>${escapeHtml(`${label}: ${readableNumber(value)} ${unit} (${readableNumber(low)} to ${readableNumber(high)})`)}</title>` +
        `<text x="${LEFT - 10}" y="${middle + 4}" text-anchor="end">${escapeHtml(label)}</text>` +
        `<rect class="bar" x="${LEFT}" y="${y}" width="${Math.max(1, xOf(value) - LEFT)}" height="${ROW - 10}" rx="3"/>` +
        `<line class="error" x1="${xOf(low)}" x2="${xOf(high)}" y1="${middle}" y2="${middle}"/>` +
        `<text x="${xOf(high) + 8}" y="${middle + 4}">${readableNumber(value)}</text></g>`
      );
    })
    .join('');
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(title)}"><text class="quiet" x="12" y="17">${escapeHtml(`${title}, ${unit}`)}</text>${rows}</svg>`;
}
