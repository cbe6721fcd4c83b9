import type { Measurement } from '@plimsoll/domain';

type CellKind = 'text' | 'number' | 'boolean' | 'json';

/** Columns of the CSV form: the dotted path in a measurement and how its cell is read. An empty cell is null. */
export const CSV_COLUMNS: readonly (readonly [path: string, kind: CellKind])[] = [
  ['id', 'text'],
  ['kind', 'text'],
  ['atMs', 'number'],
  ['model', 'text'],
  ['variant', 'text'],
  ['level', 'text'],
  ['digest', 'text'],
  ['architecture', 'text'],
  ['kvCache', 'text'],
  ['contextTokens', 'number'],
  ['gpuLayers', 'number'],
  ['environment.backend', 'text'],
  ['environment.engineBuild', 'text'],
  ['environment.device', 'text'],
  ['environment.driver', 'text'],
  ['environment.platform', 'text'],
  ['succeeded', 'boolean'],
  ['errorCode', 'text'],
  ['timings.promptTokens', 'number'],
  ['timings.cachedPromptTokens', 'number'],
  ['timings.generatedTokens', 'number'],
  ['timings.loadMs', 'number'],
  ['timings.prefillMs', 'number'],
  ['timings.decodeMs', 'number'],
  ['timings.firstTokenMs', 'number'],
  ['timings.totalMs', 'number'],
  ['residentBytes', 'number'],
  ['quality.scoredTokens', 'number'],
  ['quality.perplexity', 'number'],
  ['quality.perplexityStandardError', 'number'],
  ['quality.referencePerplexity', 'number'],
  ['quality.referencePerplexityStandardError', 'number'],
  ['quality.perplexityRatio', 'number'],
  ['quality.perplexityRatioStandardError', 'number'],
  ['quality.meanKld', 'number'],
  ['quality.meanKldStandardError', 'number'],
  ['quality.kldQuantiles', 'json'],
  ['quality.sameTopToken', 'number'],
  ['quality.sameTopTokenStandardError', 'number'],
  ['quality.rmsDeltaP', 'number'],
  ['quality.rmsDeltaPStandardError', 'number'],
  ['quality.coverage', 'json'],
  ['footprint.predictedBytes', 'number'],
  ['footprint.observedBytes', 'number'],
  ['temperatureC', 'number'],
  ['throttled', 'boolean'],
  ['energyJ', 'number'],
  ['comparisonId', 'text'],
  ['foreign', 'boolean'],
  ['predictedSpeed.decodeTokensPerSecond', 'number'],
  ['predictedSpeed.prefillTokensPerSecond', 'number'],
  ['task.id', 'text'],
  ['task.passed', 'boolean'],
  ['task.score', 'number'],
  ['condition.depthTokens', 'number'],
  ['condition.concurrency', 'number'],
];

/** Groups that are null as a whole when all their cells are empty. */
const NULLABLE_GROUPS = ['timings', 'quality', 'footprint'] as const;

/** Groups that are left out when all their cells are empty; a table need not have their columns. */
const OPTIONAL_GROUPS = ['predictedSpeed', 'task', 'condition'] as const;

/** Columns that every table of measurements has. */
export const REQUIRED_COLUMNS: readonly string[] = CSV_COLUMNS.map(([path]) => path).filter(
  (path) => !OPTIONAL_GROUPS.some((group) => path.startsWith(`${group}.`)),
);

/** The cells of a measurement, one per column. */
export function measurementToCells(measurement: Measurement): readonly string[] {
  return CSV_COLUMNS.map(([path]) => {
    const value = path
      .split('.')
      .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null)?.[key], measurement);
    if (value === null || value === undefined) return '';
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

/** The measurement that cells mean, still to be checked. `header` names the columns in the file's own order. */
export function cellsToRecord(header: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const record: Record<string, unknown> = { environment: {} };
  for (const group of [...NULLABLE_GROUPS, ...OPTIONAL_GROUPS]) record[group] = {};
  for (const [path, kind] of CSV_COLUMNS) {
    const value = readCell(cells[header.indexOf(path)] ?? '', kind);
    const [group, key] = path.split('.');
    if (key === undefined) record[path] = value;
    else (record[group ?? ''] as Record<string, unknown>)[key] = value;
  }
  const empty = (group: string): boolean =>
    Object.values(record[group] as Record<string, unknown>).every((value) => value === null);
  for (const group of NULLABLE_GROUPS) if (empty(group)) record[group] = null;
  const left = OPTIONAL_GROUPS.filter(empty) as readonly string[];
  return Object.fromEntries(Object.entries(record).filter(([key]) => !left.includes(key)));
}

function readCell(cell: string, kind: CellKind): unknown {
  if (cell === '') return null;
  switch (kind) {
    case 'text':
      return cell;
    case 'number':
      return Number(cell);
    case 'boolean':
      return cell === 'true' ? true : cell === 'false' ? false : cell;
    case 'json':
      return JSON.parse(cell) as unknown;
  }
}
