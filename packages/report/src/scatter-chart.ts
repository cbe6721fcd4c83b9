import { formatBytes } from '@plimsoll/domain';
import { niceTicks } from './axis.js';
import { figure, px, whisker } from './figure.js';
import { escapeHtml, readableNumber } from './html.js';
import { placeLabels } from './place-labels.js';

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
const HEIGHT = 346;
const LEFT = 78;
const RIGHT = 30;
const TOP = 20;
const BOTTOM = 46;
const RADIUS = 4;
const LINE_HEIGHT = 26;

/**
 * A scatter plot of y against bytes, with the Pareto front as a dashed line. The y axis starts at 0 and grows with the
 * square root, so that small values and their error bars can be told apart beside a large one. Empty without points.
 */
export function scatterChart(points: readonly ScatterPoint[], yTitle: string): string {
  if (points.length === 0) return '';
  const highestX = Math.max(...points.map(({ x }) => x)) * 1.12;
  const highestY = Math.max(...points.map(({ y, error }) => y + error)) * 1.1 || 1;
  const xOf = (x: number): number => LEFT + (x / highestX) * (WIDTH - LEFT - RIGHT);
  const yOf = (y: number): number => HEIGHT - BOTTOM - Math.sqrt(Math.max(0, y) / highestY) * (HEIGHT - TOP - BOTTOM);
  const grid = [
    ...rootTicks(highestY, yOf).map(
      (tick) =>
        `<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(yOf(tick))}" y2="${px(yOf(tick))}"/>` +
        `<text class="quiet" x="${LEFT - 8}" y="${px(yOf(tick) + 4)}" text-anchor="end">${readableNumber(tick, 2)}</text>`,
    ),
    ...byteTicks(highestX).map(
      (tick) =>
        `<text class="quiet" x="${px(xOf(tick))}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${formatBytes(tick)}</text>`,
    ),
  ].join('');
  const front = points
    .filter(({ onFront }) => onFront)
    .toSorted((a, b) => a.x - b.x)
    .map(({ x, y }) => `${px(xOf(x))},${px(yOf(y))}`)
    .join(' ');
  const places = placeLabels(
    points.map(({ label, x, y }) => ({ text: label, x: xOf(x), y: yOf(y) })),
    { left: LEFT, right: WIDTH - 4, top: 2, bottom: HEIGHT - BOTTOM },
  );
  const marks = points
    .map(({ label, x, y, error, onFront }, index) => {
      const [cx, cy] = [px(xOf(x)), px(yOf(y))];
      const place = places[index] ?? { x: 0, y: 0, anchor: 'start' };
      const title = `${label}: ${formatBytes(x)}, ${readableNumber(y)}${error > 0 ? ` ± ${readableNumber(error, 2)}` : ''}`;
      return (
        `<g${onFront ? '' : ' class="off"'}><title>${escapeHtml(title)}</title>` +
        `<circle class="dot" cx="${cx}" cy="${cy}" r="${RADIUS}"/>${error > 0 ? whisker(xOf(x), yOf(y + error), yOf(y - error)) : ''}` +
        `<text x="${px(place.x)}" y="${px(place.y)}" text-anchor="${place.anchor}">${escapeHtml(label)}</text></g>`
      );
    })
    .join('');
  const svg = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(yTitle)} against bytes">${grid}<polyline class="front" points="${front}"/>${marks}<text class="quiet" x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">bytes of the file</text></svg>`;
  return figure(yTitle, svg);
}

/** Round numbers of the unit that the highest value is told in. */
function byteTicks(highest: number): readonly number[] {
  const unit = 1024 ** Math.floor(Math.log(highest) / Math.log(1024));
  return niceTicks(highest / unit, 4).map((tick) => tick * unit);
}

/** Round values that lie far enough apart on an axis that grows with the square root, 0 among them. */
function rootTicks(highest: number, yOf: (y: number) => number): readonly number[] {
  const chosen: number[] = [];
  const candidates = [...niceTicks(highest, 4), ...niceTicks(highest / 8, 4), ...niceTicks(highest / 64, 4)];
  for (const tick of candidates) {
    if (chosen.every((other) => Math.abs(yOf(other) - yOf(tick)) >= LINE_HEIGHT)) chosen.push(tick);
  }
  return chosen;
}
