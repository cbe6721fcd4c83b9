import { FEWEST_ROUNDS_TO_SHOW } from '@plimsoll/application';
import type { CompareDocument, ComparedLevelDocument } from '@plimsoll/contract';
import {
  UNKNOWN,
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatWithError,
} from '../../output/format.js';
import { printableSentence } from '../../output/printable.js';
import type { Style } from '../../output/style.js';
import { renderTable, type Column } from '../../output/table.js';
import { renderConditions } from './compare.conditions.render.js';
import { renderTasks } from './compare.tasks.render.js';

/** A comparison for people: what it rests on, the table, the verdict. */
export function renderComparison(document: CompareDocument, style: Style, width: number | null): string {
  const { model, reference, environment, text, verdict, report } = document;
  const device = [environment.device, environment.engineBuild].filter((part) => part !== null).join(', ');
  const parts = [
    renderLevels(document.levels, document.verdict.recommended, style, width),
    renderChance(document.levels, style),
    renderFailures(document.levels, style),
    renderConditions(document.levels, style, width),
    renderTasks(document.levels, style, width),
    verdict.sentences.join('\n'),
    report === null ? '' : `Report: ${report}`,
  ];
  const lines = [
    `${style.bold(model)}  against ${reference.level}, on ${device === '' ? 'an unknown device' : device}`,
    text === null
      ? ['Quality was not measured.', ...document.notMeasured.map(({ reason }) => reason)].join(' ')
      : `Quality over ${formatCount(text.tokens)} tokens in windows of ${formatCount(text.window)}.`,
    '',
    parts.filter((part) => part !== '').join('\n\n'),
  ];
  return lines.join('\n');
}

/** Causes that are named for each level; the JSON document names them all. */
const MOST_CAUSES = 3;

/** Why runs failed, a line for each cause. Empty when none did. */
function renderFailures(levels: readonly ComparedLevelDocument[], style: Style): string {
  return levels
    .flatMap(({ level, kvCache, runs }) =>
      runs.failures.slice(0, MOST_CAUSES).map(({ errorCode, message, runs: failed }) => {
        const cause = printableSentence(message ?? errorCode ?? 'the cause is not known');
        const times = failed === 1 ? '1 run' : `${failed} runs`;
        return `${style.yellow('!')} ${level}${kvCache === 'f16' ? '' : ` / ${kvCache}`}: ${times} failed: ${cause}`;
      }),
    )
    .join('\n');
}

/** Says what the mark beside a speedup means, and how many runs could do away with it. */
function renderChance(levels: readonly ComparedLevelDocument[], style: Style): string {
  if (!levels.some(isChance)) return '';
  const rounds = Math.min(...levels.flatMap(({ runs }) => (runs.succeeded > 0 ? [runs.succeeded] : [])));
  const why =
    rounds < FEWEST_ROUNDS_TO_SHOW
      ? `: ${rounds} ${rounds === 1 ? 'run' : 'runs'} of each never can, --iterations ${FEWEST_ROUNDS_TO_SHOW} can`
      : '';
  return style.dim(`? cannot be told from chance${why}`);
}

/** Whether a level's speed differs from the reference's by no more than chance. */
const isChance = ({ decodeSpeedup }: ComparedLevelDocument): boolean =>
  decodeSpeedup?.verdict === 'no difference shown';

function speedupCell(level: ComparedLevelDocument): string {
  const { decodeSpeedup } = level;
  if (decodeSpeedup === null) return UNKNOWN;
  const { factor, interval } = decodeSpeedup;
  const range = `${interval.low.toFixed(2)} to ${interval.high.toFixed(2)}`;
  return `${isChance(level) ? '? ' : ''}${factor.toFixed(2)}× (${range})`;
}

/** The levels as a table; the recommended one is marked. */
export function renderLevels(
  levels: readonly ComparedLevelDocument[],
  recommended: CompareDocument['verdict']['recommended'],
  style: Style,
  width: number | null,
): string {
  const severalCaches = new Set(levels.map(({ kvCache }) => kvCache)).size > 1;
  const shownFor: Readonly<Record<NonNullable<CompareColumn['only']>, boolean>> = {
    caches: severalCaches,
    quality: levels.some(({ quality }) => quality !== null),
    speedup: levels.some(({ decodeSpeedup }) => decodeSpeedup !== null),
  };
  const shown = COLUMNS.filter(({ only }) => only === undefined || shownFor[only]);
  return renderTable(
    [{ header: ' ' }, ...shown.map(({ column }) => column)],
    levels.map((level) => {
      const chosen = level.level === recommended?.level && level.kvCache === recommended.kvCache;
      return [chosen ? style.green('→') : ' ', ...shown.map(({ cell }) => cell(level))];
    }),
    { maxWidth: width, headerStyle: style.dim },
  );
}

interface CompareColumn {
  readonly column: Column;
  readonly cell: (level: ComparedLevelDocument) => string;
  /** Shown only when several caches are compared, quality was measured, or there were runs to compare. */
  readonly only?: 'caches' | 'quality' | 'speedup';
}

const right = (header: string, dropped?: number): Column => ({
  header,
  align: 'right',
  ...(dropped === undefined ? {} : { dropped }),
});

const COLUMNS: readonly CompareColumn[] = [
  { column: { header: 'LEVEL' }, cell: ({ level }) => level },
  { column: { header: 'KV CACHE' }, cell: ({ kvCache }) => kvCache, only: 'caches' },
  { column: right('SIZE'), cell: ({ bytes }) => formatBytes(bytes) },
  { column: right('LOAD', 1), cell: ({ speed }) => formatDuration(speed.loadMs) },
  { column: right('FIRST TOKEN', 2), cell: ({ speed }) => formatDuration(speed.firstTokenMs) },
  { column: right('PREFILL/S', 5), cell: ({ speed }) => formatNumber(speed.prefillTokensPerSecond) },
  { column: right('TOKENS/S'), cell: ({ speed }) => formatNumber(speed.decodeTokensPerSecond) },
  { column: right('SPEEDUP (95 %)', 7), cell: speedupCell, only: 'speedup' },
  {
    column: right('OK', 3),
    cell: ({ runs }) => (runs.total === 0 ? UNKNOWN : `${runs.succeeded} of ${runs.total}`),
  },
  {
    column: right('MEAN KLD', 8),
    cell: ({ quality }) =>
      quality === null ? UNKNOWN : formatWithError(quality.meanKld, quality.meanKldStandardError),
    only: 'quality',
  },
  {
    column: right('SAME TOP', 6),
    cell: ({ quality }) => formatPercent(quality?.sameTopToken ?? null),
    only: 'quality',
  },
  { column: right('PPL', 4), cell: ({ quality }) => formatNumber(quality?.perplexity ?? null), only: 'quality' },
];
