import { seriesClass } from './comparison-style.js';
import { escapeHtml } from './html.js';

/** A chart with its title above and, where there are several series, their names below in their colours. */
export function figure(title: string, svg: string, names: readonly string[] = []): string {
  const keys = names.map((name, index) => `<span class="${seriesClass(index)}">${escapeHtml(name)}</span>`).join('');
  const legend = names.length === 0 ? '' : `<div class="legend">${keys}</div>`;
  return `<figure><figcaption>${escapeHtml(title)}</figcaption>${svg}${legend}</figure>`;
}

/** A coordinate as it stands in an SVG: a tenth of a pixel is enough. */
export const px = (value: number): string => String(Math.round(value * 10) / 10);

/** An error bar with caps, upright: even one that is shorter than its point can be seen. */
export function whisker(x: number, top: number, bottom: number, cap = 4): string {
  const path = `M${px(x - cap)} ${px(top)}h${px(cap * 2)}M${px(x - cap)} ${px(bottom)}h${px(cap * 2)}M${px(x)} ${px(top)}V${px(bottom)}`;
  return `<path class="error" d="${path}"/>`;
}
