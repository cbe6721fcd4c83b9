import type { ComparedLevelDocument } from '@plimsoll/contract';
import { UNKNOWN, formatCount, formatNumber } from '../../output/format.js';
import type { Style } from '../../output/style.js';
import { renderTable, type Column } from '../../output/table.js';

/** Speed by depth and by concurrency, a small table each; energy only where power was read. Empty without either. */
export function renderConditions(levels: readonly ComparedLevelDocument[], style: Style, width: number | null): string {
  const depths = [...new Set(levels.flatMap((level) => level.depths.map(({ depthTokens }) => depthTokens)))];
  const counts = [...new Set(levels.flatMap((level) => level.concurrency.map(({ concurrency }) => concurrency)))];
  const tables = [
    table('PREFILL/S AT', 'TOKENS', depths, levels, (level, tokens) => {
      const depth = level.depths.find(({ depthTokens }) => depthTokens === tokens);
      return [depth?.prefillTokensPerSecond ?? null, depth?.failed ?? 0];
    }),
    table('TOKENS/S AT', 'TOKENS', depths, levels, (level, tokens) => {
      const depth = level.depths.find(({ depthTokens }) => depthTokens === tokens);
      return [depth?.decodeTokensPerSecond ?? null, depth?.failed ?? 0];
    }),
    table('TOKENS/S IN ALL', 'AT ONCE', counts, levels, (level, count) => {
      const speed = level.concurrency.find(({ concurrency }) => concurrency === count);
      return [speed?.totalTokensPerSecond ?? null, speed?.failed ?? 0];
    }),
    table('JOULE/TOKEN', 'AT ONCE', counts, levels, (level, count) => {
      const speed = level.concurrency.find(({ concurrency }) => concurrency === count);
      return [speed?.energyJPerToken ?? null, 0];
    }),
  ];
  return tables
    .flatMap((one) =>
      one === null
        ? []
        : [renderTable(one.columns, one.rows, { maxWidth: width, headerStyle: style.dim, indent: '  ' })],
    )
    .join('\n\n');
}

interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** A row for each level, a column for each condition; null when nothing is known and nothing failed. */
function table(
  title: string,
  unit: string,
  conditions: readonly number[],
  levels: readonly ComparedLevelDocument[],
  valueOf: (level: ComparedLevelDocument, condition: number) => readonly [value: number | null, failed: number],
): Table | null {
  const severalCaches = new Set(levels.map(({ kvCache }) => kvCache)).size > 1;
  const cells = levels.map((level) => conditions.map((condition) => valueOf(level, condition)));
  if (cells.flat().every(([value, failed]) => value === null && failed === 0)) return null;
  return {
    columns: [
      { header: title },
      ...conditions.map((condition) => ({ header: `${formatCount(condition)} ${unit}`, align: 'right' as const })),
    ],
    rows: levels.map((level, index) => [
      severalCaches ? `${level.level} / ${level.kvCache}` : level.level,
      ...(cells[index] ?? []).map(([value, failed]) => cell(value, failed)),
    ]),
  };
}

function cell(value: number | null, failed: number): string {
  if (value === null) return failed > 0 ? 'failed' : UNKNOWN;
  return failed > 0 ? `${formatNumber(value)} (${failed} failed)` : formatNumber(value);
}
