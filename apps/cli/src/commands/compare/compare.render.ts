import {
  UNKNOWN,
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatWithError,
} from '../../output/format.js';
import type { Style } from '../../output/style.js';
import { renderTable, type Column } from '../../output/table.js';
import type { CompareDocument, ComparedLevelDocument } from '../../schemas/compare.schema.js';
import { renderTasks } from './compare.tasks.render.js';

/** A comparison for people: what it rests on, the table, the verdict. */
export function renderComparison(document: CompareDocument, style: Style, width: number | null): string {
  const { model, reference, environment, text, verdict, report } = document;
  const device = [environment.device, environment.engineBuild].filter((part) => part !== null).join(', ');
  const tasks = renderTasks(document.levels, style, width);
  const lines = [
    `${style.bold(model)}  against ${reference.level}, on ${device === '' ? 'an unknown device' : device}`,
    text === null
      ? 'Quality was not measured.'
      : `Quality over ${formatCount(text.tokens)} tokens in windows of ${formatCount(text.window)}.`,
    '',
    renderLevels(document.levels, document.verdict.recommended, style, width),
    '',
    ...(tasks === '' ? [] : [tasks, '']),
    ...verdict.sentences,
  ];
  if (report !== null) lines.push('', `Report: ${report}`);
  return lines.join('\n');
}

/** The levels as a table; the recommended one is marked. */
export function renderLevels(
  levels: readonly ComparedLevelDocument[],
  recommended: CompareDocument['verdict']['recommended'],
  style: Style,
  width: number | null,
): string {
  const severalCaches = new Set(levels.map(({ kvCache }) => kvCache)).size > 1;
  const shown = COLUMNS.filter(
    ({ only }) => only === undefined || (only === 'caches' ? severalCaches : levels.some(hasQuality)),
  );
  return renderTable(
    [{ header: ' ' }, ...shown.map(({ column }) => column)],
    levels.map((level) => {
      const chosen = level.level === recommended?.level && level.kvCache === recommended.kvCache;
      return [chosen ? style.green('→') : ' ', ...shown.map(({ cell }) => cell(level))];
    }),
    { maxWidth: width, headerStyle: style.dim },
  );
}

const hasQuality = ({ quality }: ComparedLevelDocument): boolean => quality !== null;

interface CompareColumn {
  readonly column: Column;
  readonly cell: (level: ComparedLevelDocument) => string;
  /** Shown only when several caches are compared, or quality was measured. */
  readonly only?: 'caches' | 'quality';
}

const right = (header: string): Column => ({ header, align: 'right' });

const COLUMNS: readonly CompareColumn[] = [
  { column: { header: 'LEVEL' }, cell: ({ level }) => level },
  { column: { header: 'KV CACHE' }, cell: ({ kvCache }) => kvCache, only: 'caches' },
  { column: right('SIZE'), cell: ({ bytes }) => formatBytes(bytes) },
  { column: right('LOAD'), cell: ({ speed }) => formatDuration(speed.loadMs) },
  { column: right('FIRST TOKEN'), cell: ({ speed }) => formatDuration(speed.firstTokenMs) },
  { column: right('PREFILL/S'), cell: ({ speed }) => formatNumber(speed.prefillTokensPerSecond) },
  { column: right('TOKENS/S'), cell: ({ speed }) => formatNumber(speed.decodeTokensPerSecond) },
  { column: right('SPEEDUP'), cell: ({ runs }) => (runs.speedup === null ? UNKNOWN : `${runs.speedup.toFixed(2)}×`) },
  {
    column: right('OK'),
    cell: ({ runs }) => (runs.total === 0 ? UNKNOWN : `${runs.succeeded} of ${runs.total}`),
  },
  {
    column: right('MEAN KLD'),
    cell: ({ quality }) =>
      quality === null ? UNKNOWN : formatWithError(quality.meanKld, quality.meanKldStandardError),
    only: 'quality',
  },
  { column: right('SAME TOP'), cell: ({ quality }) => formatPercent(quality?.sameTopToken ?? null), only: 'quality' },
  { column: right('PPL'), cell: ({ quality }) => formatNumber(quality?.perplexity ?? null), only: 'quality' },
];
