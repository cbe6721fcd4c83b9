import type { ComparedLevel, Estimate } from '@plimsoll/application';
import { escapeHtml, readableNumber } from '../html.js';
import { lineChart } from '../line-chart.js';
import type { LinePoint } from '../line-chart.js';
import { levelLabel } from './level-label.js';

/** Speed by depth, throughput by concurrency, and energy per token where power was read. Empty without either. */
export function conditionsSection(levels: readonly ComparedLevel[]): string {
  return [depths(levels), concurrency(levels)].filter((part) => part !== '').join('');
}

function depths(levels: readonly ComparedLevel[]): string {
  const measured = levels.flatMap((level) => level.depths ?? []);
  if (measured.length === 0) return '';
  const charts = (['decodeTokensPerSecond', 'prefillTokensPerSecond'] as const).map((speed) =>
    lineChart(
      levels.map((level) => ({
        name: levelLabel(level),
        points: points((level.depths ?? []).map((depth) => [depth.depthTokens, depth[speed]])),
      })),
      speed === 'decodeTokensPerSecond' ? 'Decoding, tokens per second' : 'Prefill, tokens per second',
      'tokens of prompt',
    ),
  );
  return (
    '<h2>Speed by depth</h2>' +
    `<p class="quiet">With prompts of so many tokens${real(levels)}; 0 is a few words. Medians with 95 % bootstrap intervals. The steps of the axis are not to scale.</p>` +
    charts.join('') +
    failures(levels, ({ depths: all = [] }) => all.map(({ depthTokens, failed }) => [`${depthTokens} tokens`, failed]))
  );
}

/** Says how long the prompts really were where that is not what was asked for. */
function real(levels: readonly ComparedLevel[]): string {
  const lengths = new Map(
    levels.flatMap((level) =>
      (level.depths ?? []).flatMap(({ depthTokens, promptTokens }) =>
        promptTokens === null ? [] : [[depthTokens, promptTokens] as const],
      ),
    ),
  );
  const known = [...lengths].sort(([a], [b]) => a - b);
  if (known.every(([asked, had]) => asked === had)) return '';
  return ` (they really had ${known.map(([, had]) => readableNumber(Math.round(had), 4)).join(', ')})`;
}

function concurrency(levels: readonly ComparedLevel[]): string {
  const measured = levels.flatMap((level) => level.concurrency ?? []);
  if (measured.length === 0) return '';
  const throughput = lineChart(
    levels.map((level) => ({
      name: levelLabel(level),
      points: points((level.concurrency ?? []).map((one) => [one.concurrency, one.totalTokensPerSecond])),
    })),
    'All answers together, tokens per second',
    'answers at the same time',
  );
  const energy = lineChart(
    levels.map((level) => ({
      name: levelLabel(level),
      points: (level.concurrency ?? []).flatMap(({ concurrency: x, energyJPerToken: value }) =>
        value === null ? [] : [{ x, value, low: value, high: value }],
      ),
    })),
    'Energy, joules per token',
    'answers at the same time',
  );
  return (
    '<h2>Several answers at once</h2>' +
    '<p class="quiet">Generated tokens of all answers per second, from the first request to the end of the last answer. Medians with 95 % bootstrap intervals.</p>' +
    throughput +
    (energy === '' ? '<p class="quiet">Energy per token: not measured, no device told its power.</p>' : energy) +
    failures(levels, ({ concurrency: all = [] }) => all.map((one) => [`${one.concurrency} at once`, one.failed]))
  );
}

function points(estimates: readonly (readonly [number, Estimate | null])[]): readonly LinePoint[] {
  return estimates.flatMap(([x, estimate]) =>
    estimate === null ? [] : [{ x, value: estimate.median, low: estimate.low, high: estimate.high }],
  );
}

function failures(
  levels: readonly ComparedLevel[],
  failedOf: (level: ComparedLevel) => readonly (readonly [string, number])[],
): string {
  const failed = levels.flatMap((level) =>
    failedOf(level).flatMap(([condition, count]) =>
      count === 0 ? [] : [`${levelLabel(level)} at ${condition}: ${count} ${count === 1 ? 'run' : 'runs'} failed`],
    ),
  );
  return failed.length === 0 ? '' : `<p class="failed">${escapeHtml(failed.join('; '))}.</p>`;
}
