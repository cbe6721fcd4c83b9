import type { ComparedLevel, Comparison, TaskDisagreement } from '@plimsoll/application';
import { barChart } from '../bar-chart.js';
import type { Bar } from '../bar-chart.js';
import { escapeHtml, readableNumber } from '../html.js';
import { levelLabel } from './level-label.js';

/** Tasks that are shown with their answers: more make a page that nobody reads. */
const MOST_SHOWN = 50;

/** Pass rates and scores, what each level lost and gained, and the answers on which levels differ. Empty without tasks. */
export function tasksSection({ levels, disagreements = [] }: Comparison): string {
  if (levels.every(({ tasks }) => tasks == null)) return '';
  const scores = bars(levels, 'meanScore', 1);
  const charts = [
    barChart(bars(levels, 'passRate', 100), 'Tasks solved', 'percent'),
    // Bars start at 0; a grader may give less.
    scores.every(({ low }) => low >= 0) ? barChart(scores, 'Mean score', 'points') : '',
  ];
  return (
    '<h2>Tasks</h2>' +
    '<p class="quiet">Every level had the same tasks at temperature 0. Bars are 95 % intervals (Wilson’s for rates, bootstrap for scores).</p>' +
    charts.join('') +
    errors(levels) +
    flips(levels) +
    answers(disagreements)
  );
}

function bars(levels: readonly ComparedLevel[], from: 'passRate' | 'meanScore', factor: number): readonly Bar[] {
  return levels.flatMap((level) => {
    const estimate = level.tasks?.[from] ?? null;
    if (estimate === null) return [];
    const { value, low, high } = estimate;
    return [{ label: levelLabel(level), value: value * factor, low: low * factor, high: high * factor }];
  });
}

/** Tasks that ended in an error, each with the levels at which it did. */
function errors(levels: readonly ComparedLevel[]): string {
  const failed = new Map<string, string[]>();
  for (const level of levels) {
    for (const { id, errorCode } of level.tasks?.failures ?? []) {
      const what = `${id} (${errorCode ?? 'unknown error'})`;
      failed.set(what, [...(failed.get(what) ?? []), levelLabel(level)]);
    }
  }
  if (failed.size === 0) return '';
  const named = [...failed].map(
    ([what, names]) => `${what} at ${names.length === levels.length ? 'every level' : names.join(', ')}`,
  );
  return `<p class="failed">Ended in an error: ${escapeHtml(named.join('; '))}. Comparing again tries them again.</p>`;
}

function flips(levels: readonly ComparedLevel[]): string {
  const compared = levels.filter(({ tasks }) => tasks?.againstReference?.pValue != null);
  const isSame = ({ tasks }: ComparedLevel): boolean =>
    (tasks?.againstReference?.lost.length ?? 0) + (tasks?.againstReference?.gained.length ?? 0) === 0;
  const same = compared.filter(isSame).map(levelLabel);
  const others = compared
    .filter((level) => !isSame(level))
    .map((level) => {
      const { lost = [], gained = [], pValue = null } = level.tasks?.againstReference ?? {};
      const said = [named('lost', lost), named('gained', gained)].filter((part) => part !== '').join('; ');
      const beyond = pValue !== null && pValue < 0.05 ? 'beyond chance' : 'no more than chance';
      return `<p>${escapeHtml(`${levelLabel(level)} ${said}`)} (McNemar’s p = ${readableNumber(pValue)}, ${beyond}).</p>`;
    });
  const alike =
    same.length === 0 ? '' : `<p>${escapeHtml(same.join(', '))}: solve the same tasks as the reference.</p>`;
  return others.join('') + alike;
}

const named = (word: string, ids: readonly string[]): string => (ids.length === 0 ? '' : `${word} ${ids.join(', ')}`);

function answers(disagreements: readonly TaskDisagreement[]): string {
  if (disagreements.length === 0) return '';
  const rest = disagreements.length - MOST_SHOWN;
  const more = rest <= 0 ? '' : `<p class="quiet">${rest} more are not shown.</p>`;
  return `<h3>Where the levels differ</h3>${disagreements.slice(0, MOST_SHOWN).map(disagreement).join('')}${more}`;
}

/** A task with its answers; levels that said the same and were judged the same stand together. */
function disagreement({ id, prompt, expected, answers: all }: TaskDisagreement): string {
  const groups = new Map<string, Answer[]>();
  for (const one of all) {
    const key = JSON.stringify([judgementText(one), one.answer]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const said = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const who = escapeHtml(group.map(levelLabel).join(', '));
    const how = `<span class="${judgement(first)}">${escapeHtml(judgementText(first))}</span>`;
    return [`<p><b>${who}</b> ${how}</p>${answerText(first.answer)}`];
  });
  const right = expected === null ? '' : `<p class="quiet">Right is: <code>${escapeHtml(expected)}</code></p>`;
  return `<article><h4>${escapeHtml(id)}</h4><pre>${escapeHtml(prompt)}</pre>${right}${said.join('')}</article>`;
}

type Answer = TaskDisagreement['answers'][number];

const judgement = ({ succeeded, passed }: Answer): string =>
  !succeeded ? 'failed' : passed === null ? 'quiet' : passed ? 'right' : 'wrong';

function judgementText({ succeeded, passed, score }: Answer): string {
  if (!succeeded) return '! error';
  const points = score === null ? '' : `score ${readableNumber(score)}`;
  return [passed === null ? '' : passed ? '✓ right' : '✗ wrong', points].filter((part) => part !== '').join(', ');
}

const answerText = (answer: string | null): string =>
  answer === null
    ? '<p class="quiet">no answer</p>'
    : answer.trim() === ''
      ? '<p class="quiet">an empty answer</p>'
      : `<pre>${escapeHtml(answer)}</pre>`;
