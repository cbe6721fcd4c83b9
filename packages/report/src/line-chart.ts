import { niceTicks } from './axis.js';
import { seriesClass } from './comparison-style.js';
import { figure, px, whisker } from './figure.js';
import { escapeHtml, readableNumber } from './html.js';

/** A value at a place of the x axis, with its interval. */
export interface LinePoint {
  readonly x: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A named line. */
export interface LineSeries {
  readonly name: string;
  readonly points: readonly LinePoint[];
}

const WIDTH = 720;
const HEIGHT = 270;
const LEFT = 74;
const RIGHT = 20;
const TOP = 14;
const BOTTOM = 46;
/** Between lines of one step, so that their error bars do not hide each other. */
const APART = 6;

/**
 * Lines over the steps of an x axis (evenly spaced, whatever their values), y from 0, each point with its interval.
 * Empty without points.
 */
export function lineChart(series: readonly LineSeries[], title: string, xTitle: string): string {
  const all = series.flatMap(({ points }) => points);
  if (all.length === 0) return '';
  const steps = [...new Set(all.map(({ x }) => x))].sort((a, b) => a - b);
  const highest = Math.max(...all.map(({ high }) => high)) * 1.05 || 1;
  const xOf = (x: number): number => LEFT + ((steps.indexOf(x) + 0.5) / steps.length) * (WIDTH - LEFT - RIGHT);
  const yOf = (y: number): number => HEIGHT - BOTTOM - (y / highest) * (HEIGHT - TOP - BOTTOM);
  const grid = niceTicks(highest, 5).map(
    (tick) =>
      `<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(yOf(tick))}" y2="${px(yOf(tick))}"/>` +
      `<text class="quiet" x="${LEFT - 8}" y="${px(yOf(tick) + 4)}" text-anchor="end">${readableNumber(tick)}</text>`,
  );
  const labels = steps.map(
    (step) =>
      `<text class="quiet" x="${px(xOf(step))}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${readableNumber(step, 6)}</text>`,
  );
  const lines = series.map(({ name, points }, index) => {
    const shift = (index - (series.length - 1) / 2) * APART;
    const sorted = points.toSorted((a, b) => a.x - b.x);
    const path = sorted.map(({ x, value }) => `${px(xOf(x) + shift)},${px(yOf(value))}`).join(' ');
    const marks = sorted.map(({ x, value, low, high }) => {
      const at = xOf(x) + shift;
      const text = `${name}, ${readableNumber(x, 6)}: ${readableNumber(value)} (${readableNumber(low)} to ${readableNumber(high)})`;
      const bar = high > low ? whisker(at, yOf(high), yOf(low), 3) : '';
      return `<g><title>${escapeHtml(text)}</title>${bar}<circle class="point" cx="${px(at)}" cy="${px(yOf(value))}" r="3.5"/></g>`;
    });
    return `<g class="${seriesClass(index)}"><polyline class="line" points="${path}"/>${marks.join('')}</g>`;
  });
  const svg = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${title} by ${xTitle}`)}">${grid.join('')}${labels.join('')}<text class="quiet" x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">${escapeHtml(xTitle)}</text>${lines.join('')}</svg>`;
  return figure(
    title,
    svg,
    series.map(({ name }) => name),
  );
}
