import { figure, px } from './figure.js';
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
const TOP = 8;
const LEFT = 150;
const RIGHT = 110;
const CAP = 4;

/** Horizontal bars from 0 with error bars and their numbers. Empty without bars. */
export function barChart(bars: readonly Bar[], title: string, unit: string): string {
  if (bars.length === 0) return '';
  const highest = Math.max(...bars.map(({ high }) => high)) || 1;
  const xOf = (value: number): number => LEFT + (value / highest) * (WIDTH - LEFT - RIGHT);
  const height = bars.length * ROW + TOP;
  const rows = bars
    .map(({ label, value, low, high }, index) => {
      const y = TOP + index * ROW;
      const middle = y + ROW / 2 - 4;
      const said = `${label}: ${readableNumber(value)} ${unit} (${readableNumber(low)} to ${readableNumber(high)})`;
      const cap = (x: number): string => `M${px(x)} ${middle - CAP}v${CAP * 2}`;
      const error = high > low ? `M${px(xOf(low))} ${middle}H${px(xOf(high))}${cap(xOf(low))}${cap(xOf(high))}` : '';
      return (
        `<g><title>${escapeHtml(said)}</title>` +
        `<text x="${LEFT - 10}" y="${middle + 4}" text-anchor="end">${escapeHtml(label)}</text>` +
        `<rect class="bar" x="${LEFT}" y="${y}" width="${px(Math.max(1, xOf(value) - LEFT))}" height="${ROW - 10}" rx="3"/>` +
        `<path class="halo" d="${error}"/><path class="error" d="${error}"/>` +
        `<text x="${px(xOf(Math.max(high, value)) + 8)}" y="${middle + 4}">${readableNumber(value)}</text></g>`
      );
    })
    .join('');
  const svg = `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(`${title}, ${unit}`)}">${rows}</svg>`;
  return figure(`${title}, ${unit}`, svg);
}
