import { formatBytes } from '@plimsoll/domain';
import { niceTicks } from './axis.js';
import { seriesClass } from './comparison-style.js';
import { figure, px } from './figure.js';
import { escapeHtml, readableNumber } from './html.js';
import { placeLabels } from './place-labels.js';

/** A file: its size and what it loses. */
export interface SizePoint {
  /** Stands beside the point where it is given. */
  readonly label?: string | undefined;
  readonly bytes: number;
  /** Above 0; others are left out. */
  readonly loss: number;
}

/** Files of one kind, joined by a line. */
export interface SizeSeries {
  readonly name: string;
  readonly points: readonly SizePoint[];
}

const WIDTH = 720;
const HEIGHT = 380;
const LEFT = 78;
const RIGHT = 30;
const TOP = 20;
const BOTTOM = 46;

/** What files lose against their bytes, both axes to scale from the smallest file on, losses by their logarithm. */
export function sizeChart(series: readonly SizeSeries[], title: string): string {
  return figure(
    title,
    sizeChartSvg(series, title),
    series.map(({ name }) => name),
  );
}

/** The drawing alone; empty without points. */
export function sizeChartSvg(series: readonly SizeSeries[], title: string): string {
  const shown = series.map((one) => ({ ...one, points: one.points.filter(({ loss }) => loss > 0) }));
  const all = shown.flatMap(({ points }) => points);
  if (all.length === 0) return '';
  const [bytes, losses] = [all.map((one) => one.bytes), all.map(({ loss }) => loss)];
  const [least, most] = [Math.min(...bytes) * 0.96, Math.max(...bytes) * 1.04];
  const [low, high] = [Math.log(Math.min(...losses) * 0.8), Math.log(Math.max(...losses) * 1.25)];
  const xOf = (value: number): number => LEFT + ((value - least) / (most - least)) * (WIDTH - LEFT - RIGHT);
  const yOf = (value: number): number =>
    HEIGHT - BOTTOM - ((Math.log(value) - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const grid = logTicks(Math.exp(low), Math.exp(high)).map(
    (tick) =>
      `<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(yOf(tick))}" y2="${px(yOf(tick))}"/>` +
      `<text class="quiet" x="${LEFT - 8}" y="${px(yOf(tick) + 4)}" text-anchor="end">${readableNumber(tick)}</text>`,
  );
  const sizes = byteTicks(most)
    .filter((tick) => tick >= least && tick <= most)
    .map(
      (tick) =>
        `<text class="quiet" x="${px(xOf(tick))}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${formatBytes(tick)}</text>`,
    );
  const labelled = all.filter(({ label }) => label !== undefined);
  const places = placeLabels(
    labelled.map(({ label = '', ...point }) => ({ text: label, x: xOf(point.bytes), y: yOf(point.loss) })),
    { left: LEFT, right: WIDTH - 4, top: 2, bottom: HEIGHT - BOTTOM },
  );
  const texts = labelled.map(({ label = '' }, index) => {
    const { x, y, anchor } = places[index] ?? { x: 0, y: 0, anchor: 'start' };
    return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${escapeHtml(label)}</text>`;
  });
  const lines = shown.map(({ name, points }, index) => {
    const sorted = points.toSorted((a, b) => a.bytes - b.bytes);
    const path = sorted.map((point) => `${px(xOf(point.bytes))},${px(yOf(point.loss))}`).join(' ');
    const dots = sorted.map((point) => {
      const text = `${name}${point.label === undefined ? '' : `, ${point.label}`}: ${formatBytes(point.bytes)}, ${readableNumber(point.loss)}`;
      return `<g><title>${escapeHtml(text)}</title><circle class="point" cx="${px(xOf(point.bytes))}" cy="${px(yOf(point.loss))}" r="3.5"/></g>`;
    });
    return `<g class="${seriesClass(index)}"><polyline class="line" points="${path}"/>${dots.join('')}</g>`;
  });
  const axis = `<text class="quiet" x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">bytes of the file</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">${grid.join('')}${sizes.join('')}${axis}${lines.join('')}${texts.join('')}</svg>`;
}

/** 1, 2 and 5 times powers of ten. */
function logTicks(low: number, high: number): readonly number[] {
  const powers = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, i) => Math.floor(Math.log10(low)) + i,
  );
  const all = powers.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  return all.filter((tick) => tick >= low && tick <= high);
}

function byteTicks(highest: number): readonly number[] {
  const unit = 1024 ** Math.floor(Math.log(highest) / Math.log(1024));
  return niceTicks(highest / unit, 8).map((tick) => tick * unit);
}
