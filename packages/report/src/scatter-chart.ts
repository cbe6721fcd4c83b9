import { formatBytes } from '@plimsoll/domain';
import { escapeHtml, readableNumber } from './html.js';

/** One labelled point with an error bar. */
export interface ScatterPoint {
  readonly label: string;
  /** Bytes. */
  readonly x: number;
  readonly y: number;
  /** Half the length of the error bar, in the unit of y. */
  readonly error: number;
  readonly onFront: boolean;
}

const WIDTH = 720;
const HEIGHT = 340;
const LEFT = 70;
const RIGHT = 30;
const TOP = 24;
const BOTTOM = 46;

/** A scatter plot of y (0 at the bottom) against bytes, with the Pareto front as a dashed line. Empty without points. */
export function scatterChart(points: readonly ScatterPoint[], yTitle: string): string {
  if (points.length === 0) return '';
  const highestX = Math.max(...points.map(({ x }) => x)) * 1.12;
  const highestY = Math.max(...points.map(({ y, error }) => y + error)) * 1.1 || 1;
  const xOf = (x: number): number => LEFT + (x / highestX) * (WIDTH - LEFT - RIGHT);
  const yOf = (y: number): number => HEIGHT - BOTTOM - (Math.max(0, y) / highestY) * (HEIGHT - TOP - BOTTOM);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const grid = ticks
    .map((share) => {
      const x = xOf(highestX * share);
      const y = yOf(highestY * share);
      return (
        `<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>` +
        `<text class="quiet" x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${readableNumber(highestY * share, 2)}</text>` +
        `<text class="quiet" x="${x}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${formatBytes(Math.round(highestX * share))}</text>`
      );
    })
    .join('');
  const front = points
    .filter(({ onFront }) => onFront)
    .toSorted((a, b) => a.x - b.x)
    .map(({ x, y }) => `${xOf(x)},${yOf(y)}`)
    .join(' ');
  const marks = points
    .map(({ label, x, y, error, onFront }) => {
      const [cx, cy] = [xOf(x), yOf(y)];
      const bar =
        error > 0 ? `<line class="error" x1="${cx}" x2="${cx}" y1="${yOf(y + error)}" y2="${yOf(y - error)}"/>` : '';
      const title = `${label}: ${formatBytes(x)}, ${readableNumber(y)}${error > 0 ? ` ± ${readableNumber(error, 2)}` : ''}`;
      return `<g${onFront ? '' : ' class="off"'}><title>${escapeHtml(title)}</title>${bar}<circle class="dot" cx="${cx}" cy="${cy}" r="5"/><text x="${cx + 9}" y="${cy - 8}">${escapeHtml(label)}</text></g>`;
    })
    .join('');
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(yTitle)} against bytes">${grid}<polyline class="front" points="${front}"/>${marks}<text class="quiet" x="${LEFT}" y="15">${escapeHtml(yTitle)}</text><text class="quiet" x="${WIDTH - RIGHT}" y="${HEIGHT - 8}" text-anchor="end">bytes of the file</text></svg>`;
}
