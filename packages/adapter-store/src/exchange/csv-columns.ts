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
  ['shape.keyCacheType', 'text'],
  ['shape.valueCacheType', 'text'],
  ['shape.contextTokens', 'number'],
  ['shape.parallel', 'number'],
  ['shape.microBatchTokens', 'number'],
  ['shape.flashAttention', 'text'],
  ['shape.placement', 'json'],
  ['environment.backend', 'text'],
  ['environment.engineBuild', 'text'],
  ['environment.device', 'text'],
  ['environment.driver', 'text'],
  ['environment.platform', 'text'],
  ['environment.machine', 'text'],
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

/** Columns of tables from before the operating point was kept whole, which are still read. */
const OLD_COLUMNS: readonly (readonly [path: string, kind: CellKind])[] = [
  ['kvCache', 'text'],
  ['contextTokens', 'number'],
  ['gpuLayers', 'number'],
];

/** Columns without which a table is none of measurements. */
export const REQUIRED_COLUMNS: readonly string[] = ['id', 'kind', 'atMs', 'model', 'variant', 'environment.backend'];

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

/** Groups whose empty cells are left out, as fields that are not known. */
const SPARSE = new Set(['shape', 'environment']);

/**
 * The measurement that cells mean, still to be checked. `header` names the columns in the file's own order. A group
 * all of whose cells are empty is null.
 */
export function cellsToRecord(header: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const isOld = !header.includes('shape.keyCacheType');
  const columns = isOld ? [...CSV_COLUMNS.filter(([path]) => !path.startsWith('shape.')), ...OLD_COLUMNS] : CSV_COLUMNS;
  const record: Record<string, unknown> = {};
  for (const [path, kind] of columns) {
    const value = readCell(cells[header.indexOf(path)] ?? '', kind);
    const [group = '', key] = path.split('.');
    if (key === undefined) {
      record[path] = value;
      continue;
    }
    const fields = (record[group] ??= {}) as Record<string, unknown>;
    if (value !== null || !SPARSE.has(group) || NULLABLE.has(path)) fields[key] = value;
  }
  return Object.fromEntries(
    Object.entries(record).map(([field, value]) => [field, isUnknown(field, value) ? null : value]),
  );
}

/** Fields of sparse groups that are null when they are not known. */
const NULLABLE = new Set(['environment.engineBuild', 'environment.device', 'environment.driver']);

const isUnknown = (field: string, value: unknown): boolean =>
  !SPARSE.has(field) &&
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((each) => each === null);

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
