import { verdictOn } from '@plimsoll/application';
import type { ComparedLevel, Comparison } from '@plimsoll/application';
import { notMeasuredWords, verdictSentences } from '@plimsoll/contract';
import { COMPARISON_STYLE } from './comparison-style.js';
import { conditionsSection } from './comparison/conditions-section.js';
import { factsTable } from './comparison/facts-table.js';
import { levelLabel } from './comparison/level-label.js';
import { qualitySection } from './comparison/quality-section.js';
import { speedSection } from './comparison/speed-section.js';
import { tasksSection } from './comparison/tasks-section.js';
import { BASE_STYLE, escapeHtml, page } from './html.js';
import { withoutFolders } from './without-folders.js';

/**
 * A comparison as one self-contained HTML page: verdict, quality against bytes, speed, tasks, all numbers, environment.
 * Prompts and answers on which the levels differ are part of it.
 */
export function comparisonReport(comparison: Comparison, threshold?: number): string {
  const { levels, notMeasured = [] } = comparison;
  const model = withoutFolders(comparison.model);
  const verdict = verdictOn(comparison, threshold);
  const [lead, ...others] = verdictSentences(comparison, verdict);
  const body = [
    `<h1>${escapeHtml(model)}: levels side by side</h1>`,
    `<p class="quiet">Held against ${escapeHtml(levelLabel(comparison.reference))}, measured on ${escapeHtml(comparison.environment.device ?? 'an unknown device')}.</p>`,
    '<h2>Verdict</h2>',
    `<p class="lead">${escapeHtml(lead ?? '')}</p>`,
    ...others.map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
    ...notMeasured.map(({ reason }) => `<p class="failed">${escapeHtml(notMeasuredWords(reason))}</p>`),
    qualitySection(levels),
    speedSection(levels),
    conditionsSection(levels),
    tasksSection(comparison),
    '<h2>All numbers</h2>',
    factsTable(levels, verdict.recommended),
    '<h2>Environment</h2>',
    environment(comparison),
  ];
  return page(`Plimsoll: ${model}`, BASE_STYLE + COMPARISON_STYLE, body.filter((part) => part !== '').join('\n'));
}

function environment({ environment: env, text, levels, id }: Comparison): string {
  const rows: readonly (readonly [string, string | null])[] = [
    ['backend', env.backend],
    ['engine build', env.engineBuild],
    ['device', env.device],
    ['driver', env.driver],
    ['platform', env.platform],
    ['text', text === null ? 'none' : `${text.tokens} tokens in windows of ${text.window}`],
    ...variantsOf(levels).map(({ level, variant, digest }): readonly [string, string] => [
      level,
      `${withoutFolders(variant)}, digest ${digest ?? 'unknown'}`,
    ]),
    ['comparison', id],
  ];
  const items = rows
    .map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value ?? 'unknown')}</dd>`)
    .join('');
  return `<dl>${items}</dl>`;
}

/** One level of each variant: caches differ by how it is loaded. */
const variantsOf = (levels: readonly ComparedLevel[]): readonly ComparedLevel[] =>
  levels.filter((level, index) => levels.findIndex(({ variant }) => variant === level.variant) === index);
