import type { ComparedLevelDocument, TaskEstimateDocument } from '@plimsoll/contract';
import { UNKNOWN, formatNumber, formatPercent } from '../../output/format.js';
import { printableSentence } from '../../output/printable.js';
import type { Style } from '../../output/style.js';
import { renderTable, type Column } from '../../output/table.js';

/** Flipped tasks that are named; the JSON document names them all. */
const MOST_NAMED = 8;

/** How the levels did on tasks: a table, and the tasks that flipped. Empty without tasks. */
export function renderTasks(levels: readonly ComparedLevelDocument[], style: Style, width: number | null): string {
  if (levels.every(({ tasks }) => tasks === null)) return '';
  const severalCaches = new Set(levels.map(({ kvCache }) => kvCache)).size > 1;
  const name = ({ level, kvCache }: ComparedLevelDocument): string => (severalCaches ? `${level} / ${kvCache}` : level);
  const columns = COLUMNS.filter(({ shown }) => levels.some(shown));
  const table = renderTable(
    [{ header: 'TASKS' }, ...columns.map(({ column }) => column)],
    levels.map((level) => [name(level), ...columns.map(({ cell }) => cell(level))]),
    { maxWidth: width, headerStyle: style.dim, indent: '  ' },
  );
  const flips = levels.flatMap((level) => {
    const { lost = [], gained = [] } = level.tasks?.againstReference ?? {};
    return [
      ...(lost.length === 0 ? [] : [`${name(level)} lost ${listed(lost)}.`]),
      ...(gained.length === 0 ? [] : [`${name(level)} gained ${listed(gained)}.`]),
    ];
  });
  const failed = new Map<string, string[]>();
  for (const level of levels) {
    for (const { id, errorCode, message } of level.tasks?.failures ?? []) {
      const what = printableSentence(`${id} (${message ?? errorCode ?? 'unknown error'})`);
      failed.set(what, [...(failed.get(what) ?? []), name(level)]);
    }
  }
  const errors = [...failed]
    .slice(0, MOST_NAMED)
    .map(
      ([what, names]) => `Not judged: ${what} at ${names.length === levels.length ? 'every level' : names.join(', ')}.`,
    );
  const remarks = [...flips, ...errors];
  return [table, ...(remarks.length === 0 ? [] : ['', ...remarks])].join('\n');
}

interface TaskColumn {
  readonly column: Column;
  readonly cell: (level: ComparedLevelDocument) => string;
  readonly shown: (level: ComparedLevelDocument) => boolean;
}

const right = (header: string, dropped?: number): Column => ({
  header,
  align: 'right',
  ...(dropped === undefined ? {} : { dropped }),
});

const COLUMNS: readonly TaskColumn[] = [
  {
    column: right('PASSED'),
    cell: ({ tasks }) => (tasks === null ? UNKNOWN : `${tasks.passed} of ${tasks.passed + tasks.failed}`),
    shown: ({ tasks }) => tasks?.passRate != null,
  },
  {
    column: right('RATE (95 %)'),
    cell: ({ tasks }) => range(tasks?.passRate ?? null, (share) => formatPercent(share, 0)),
    shown: ({ tasks }) => tasks?.passRate != null,
  },
  {
    column: right('McNEMAR P', 2),
    cell: ({ tasks }) => probability(tasks?.againstReference?.pValue),
    shown: ({ tasks }) => tasks?.againstReference?.pValue != null,
  },
  {
    column: right('SCORE (95 %)'),
    cell: ({ tasks }) => range(tasks?.meanScore ?? null, formatNumber),
    shown: ({ tasks }) => tasks?.meanScore != null,
  },
  {
    column: right('SCORE P', 1),
    cell: ({ tasks }) => probability(tasks?.againstReference?.scorePValue),
    shown: ({ tasks }) => tasks?.againstReference?.scorePValue != null,
  },
  {
    column: right('ERRORS', 3),
    cell: ({ tasks }) => String(tasks?.errors ?? UNKNOWN),
    shown: ({ tasks }) => (tasks?.errors ?? 0) > 0,
  },
];

const range = (estimate: TaskEstimateDocument | null, format: (value: number) => string): string =>
  estimate === null ? UNKNOWN : `${format(estimate.value)} (${format(estimate.low)} to ${format(estimate.high)})`;

const probability = (p: number | null | undefined): string =>
  p == null ? UNKNOWN : p < 0.001 ? '< 0.001' : p.toFixed(3);

const listed = (ids: readonly string[]): string =>
  ids.length <= MOST_NAMED
    ? ids.join(', ')
    : `${ids.slice(0, MOST_NAMED).join(', ')} and ${ids.length - MOST_NAMED} more`;
