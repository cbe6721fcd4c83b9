import type { ComparedLevel, Estimate } from '@plimsoll/application';
import { barChart } from '../bar-chart.js';
import { levelLabel } from './level-label.js';

/** Decoding, prefill and loading as bars. Empty when nothing was timed. */
export function speedSection(levels: readonly ComparedLevel[]): string {
  const chart = (title: string, unit: string, pick: (level: ComparedLevel) => Estimate | null): string =>
    barChart(
      levels.flatMap((level) => {
        const estimate = pick(level);
        return estimate === null
          ? []
          : [{ label: levelLabel(level), value: estimate.median, low: estimate.low, high: estimate.high }];
      }),
      title,
      unit,
    );
  const charts = [
    chart('Decoding', 'tokens per second', ({ speed }) => speed.decodeTokensPerSecond),
    chart('Prefill', 'tokens per second', ({ speed }) => speed.prefillTokensPerSecond),
    chart('Loading', 'milliseconds', ({ speed }) => speed.loadMs),
  ].join('');
  if (charts === '') return '';
  const runs = Math.min(...levels.map((level) => level.runs.succeeded));
  return `<h2>Speed</h2><p class="quiet">Medians of ${runs} ${runs === 1 ? 'run' : 'runs'} with 95 % bootstrap intervals.</p>${charts}`;
}
