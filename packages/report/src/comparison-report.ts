import { formatBytes } from '@plimsoll/domain';
import { verdictOn } from '@plimsoll/application';
import type { ComparedLevel, Comparison, Estimate } from '@plimsoll/application';
import { barChart } from './bar-chart.js';
import { BASE_STYLE, escapeHtml, page, readableNumber } from './html.js';
import { scatterChart } from './scatter-chart.js';

/** A comparison as one self-contained HTML page: verdict, quality against bytes, speed, table, environment. */
export function comparisonReport(comparison: Comparison, threshold?: number): string {
  const { recommended, sentences } = verdictOn(comparison, threshold);
  const body = [
    `<h1>${escapeHtml(comparison.model)}: levels side by side</h1>`,
    `<p class="quiet">Held against ${escapeHtml(comparison.reference.level)}, measured on ${escapeHtml(comparison.environment.device ?? 'an unknown device')}.</p>`,
    '<h2>Verdict</h2>',
    ...sentences.map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
    quality(comparison.levels),
    speed(comparison.levels),
    tasks(comparison.levels),
    '<h2>All numbers</h2>',
    table(comparison.levels, recommended),
    '<h2>Environment</h2>',
    environment(comparison),
  ];
  return page(`Plimsoll: ${comparison.model}`, BASE_STYLE, body.filter((part) => part !== '').join('\n'));
}

const labelOf = ({ level, kvCache }: ComparedLevel): string => (kvCache === 'f16' ? level : `${level} / ${kvCache}`);

function quality(levels: readonly ComparedLevel[]): string {
  const points = levels.flatMap((level) =>
    level.quality === null || level.bytes === null
      ? []
      : [
          {
            label: labelOf(level),
            x: level.bytes,
            y: level.quality.meanKld,
            error: level.quality.meanKldStandardError * 1.96,
            onFront: level.paretoOptimal,
          },
        ],
  );
  if (points.length === 0) return '';
  return `<h2>Quality against bytes</h2><p class="quiet">Mean KL divergence from the reference, in nats: lower is closer. Bars are 95 % intervals; the dashed line joins the levels that no other beats in both.</p>${scatterChart(points, 'mean KL divergence')}`;
}

function speed(levels: readonly ComparedLevel[]): string {
  const bars = (pick: (level: ComparedLevel) => Estimate | null): Parameters<typeof barChart>[0] =>
    levels.flatMap((level) => {
      const estimate = pick(level);
      return estimate === null
        ? []
        : [{ label: labelOf(level), value: estimate.median, low: estimate.low, high: estimate.high }];
    });
  const charts = [
    barChart(
      bars(({ speed }) => speed.decodeTokensPerSecond),
      'Decoding',
      'tokens per second',
    ),
    barChart(
      bars(({ speed }) => speed.prefillTokensPerSecond),
      'Prefill',
      'tokens per second',
    ),
    barChart(
      bars(({ speed }) => speed.loadMs),
      'Loading',
      'milliseconds',
    ),
  ].filter((chart) => chart !== '');
  return charts.length === 0
    ? ''
    : `<h2>Speed</h2><p class="quiet">Medians with 95 % bootstrap intervals.</p>${charts.join('<p></p>')}`;
}

/** Pass rates or, where only a grader judged, scores; and what each level lost and gained. Empty without tasks. */
function tasks(levels: readonly ComparedLevel[]): string {
  const pick = (from: 'passRate' | 'meanScore', factor: number): Parameters<typeof barChart>[0] =>
    levels.flatMap((level) => {
      const estimate = level.tasks?.[from] ?? null;
      if (estimate === null) return [];
      const { value, low, high } = estimate;
      return [{ label: labelOf(level), value: value * factor, low: low * factor, high: high * factor }];
    });
  const scores = pick('meanScore', 1);
  const charts = [
    barChart(pick('passRate', 100), 'Tasks solved', 'percent'),
    // Bars start at 0; a grader may give less.
    scores.every(({ low }) => low >= 0) ? barChart(scores, 'Mean score', 'points') : '',
  ].filter((chart) => chart !== '');
  if (charts.length === 0) return '';
  const flips = levels.flatMap((level) => {
    const { lost = [], gained = [], pValue = null } = level.tasks?.againstReference ?? {};
    if (lost.length + gained.length === 0) return [];
    const list = (word: string, ids: readonly string[]): string =>
      ids.length === 0 ? '' : ` ${word} ${escapeHtml(ids.join(', '))};`;
    const test = pValue === null ? '' : ` McNemar’s p = ${readableNumber(pValue)}.`;
    return [`<p>${escapeHtml(labelOf(level))}:${list('lost', lost)}${list('gained', gained)}${test}</p>`];
  });
  return `<h2>Tasks</h2><p class="quiet">Every level had the same tasks at temperature 0. Bars are 95 % intervals (Wilson’s for rates, bootstrap for scores).</p>${charts.join('<p></p>')}${flips.join('')}`;
}

const COLUMNS: readonly (readonly [string, (level: ComparedLevel) => string])[] = [
  ['level', labelOf],
  ['file', ({ bytes }) => formatBytes(bytes)],
  ['in memory', ({ residentBytes }) => formatBytes(residentBytes)],
  ['decode tok/s', ({ speed }) => readableNumber(speed.decodeTokensPerSecond?.median ?? null)],
  ['prefill tok/s', ({ speed }) => readableNumber(speed.prefillTokensPerSecond?.median ?? null)],
  ['first token ms', ({ speed }) => readableNumber(speed.firstTokenMs?.median ?? null)],
  ['speedup', ({ runs }) => readableNumber(runs.speedup)],
  ['runs ok', ({ runs }) => `${runs.succeeded} / ${runs.total}`],
  ['perplexity', ({ quality }) => withError(quality?.perplexity, quality?.perplexityStandardError)],
  ['mean KLD', ({ quality }) => withError(quality?.meanKld, quality?.meanKldStandardError)],
  [
    'same top token',
    ({ quality }) => withError(percent(quality?.sameTopToken), percent(quality?.sameTopTokenStandardError), ' %'),
  ],
  ['RMS Δp', ({ quality }) => withError(percent(quality?.rmsDeltaP), percent(quality?.rmsDeltaPStandardError), ' %')],
];

const percent = (share: number | undefined): number | undefined => (share === undefined ? undefined : share * 100);

const withError = (value: number | undefined, error: number | undefined, unit = ''): string =>
  value === undefined ? '–' : `${readableNumber(value, 4)}${error ? ` ± ${readableNumber(error, 2)}` : ''}${unit}`;

function table(levels: readonly ComparedLevel[], recommended: ComparedLevel | null): string {
  const head = COLUMNS.map(([title]) => `<th>${escapeHtml(title)}</th>`).join('');
  const rows = levels.map((level) => {
    const cells = COLUMNS.map(([, text]) => `<td>${escapeHtml(text(level))}</td>`).join('');
    return `<tr${level === recommended ? ' class="chosen"' : ''}>${cells}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function environment({ environment: env, text, levels, id }: Comparison): string {
  const rows: readonly (readonly [string, string | null])[] = [
    ['backend', env.backend],
    ['engine build', env.engineBuild],
    ['device', env.device],
    ['driver', env.driver],
    ['platform', env.platform],
    ['text', text === null ? null : `${text.tokens} tokens in windows of ${text.window}`],
    ['variants', levels.map(({ variant }) => variant).join(', ')],
    ['comparison', id],
  ];
  const items = rows.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value ?? 'unknown')}</dd>`).join('');
  return `<dl>${items}</dl>`;
}
