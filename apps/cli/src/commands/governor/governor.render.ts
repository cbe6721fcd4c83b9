import type { GovernorDocument, GovernorLogDocument } from '@plimsoll/contract';
import { UNKNOWN, formatBytes, formatNumber } from '../../output/format.js';
import type { Style } from '../../output/style.js';
import { renderTable } from '../../output/table.js';

const MODES: Readonly<Record<GovernorDocument['mode'], string>> = {
  active: 'active: levels give way under pressure and come back',
  'dry-run': 'dry run: decisions are only logged',
  hold: 'on hold: nothing moves',
};

/** Memory by who holds it, and each model's ladder with the point where it stands. */
export function renderGovernor(document: GovernorDocument, style: Style, width: number | null): string {
  const { mode, hold, memory, models } = document;
  const lines = [`${style.bold('Governor')}  ${MODES[mode]}${hold === null ? '' : ` (${hold})`}`, ''];
  lines.push(
    renderTable(
      [
        { header: 'MEMORY', flexible: true },
        { header: 'TOTAL', align: 'right' },
        { header: 'OURS', align: 'right' },
        { header: 'OTHERS', align: 'right' },
        { header: 'FREE', align: 'right' },
      ],
      memory.map((entry) => [
        entry.domain,
        formatBytes(entry.totalBytes),
        formatBytes(entry.ownBytes),
        formatBytes(entry.foreignBytes),
        formatBytes(entry.freeBytes),
      ]),
      { maxWidth: width, headerStyle: style.dim },
    ),
  );
  if (models.length === 0) lines.push('', 'No model is served yet; the first request brings one in.');
  for (const model of models) lines.push('', ...modelLines(model, style, width));
  return lines.join('\n');
}

function modelLines(model: GovernorDocument['models'][number], style: Style, width: number | null): readonly string[] {
  const notes = [
    model.changing ? 'changing' : model.loaded ? 'loaded' : 'not loaded',
    model.activeRequests === 1 ? '1 request' : `${model.activeRequests} requests`,
    ...(model.pin === 'none' ? [] : [model.pin === 'point' ? 'pinned at its point' : 'pinned, kept loaded']),
    ...(model.latched ? [style.yellow('moved too often and stays where it is')] : []),
  ];
  const table = renderTable(
    [
      { header: '' },
      { header: 'LEVEL' },
      { header: 'CONTEXT', align: 'right' },
      { header: 'CACHE', dropped: 2 },
      { header: 'AT ONCE', align: 'right', dropped: 2 },
      { header: 'LAYERS', align: 'right', dropped: 3 },
      { header: 'BYTES', align: 'right' },
      { header: 'TOKENS/S', align: 'right', dropped: 1 },
      { header: 'LOSS', align: 'right' },
    ],
    model.ladder.map((rung, index) => [
      index === model.rung ? '>' : '',
      rung.level ?? UNKNOWN,
      String(rung.contextTokens),
      rung.keyCacheType === rung.valueCacheType ? rung.keyCacheType : `${rung.keyCacheType}/${rung.valueCacheType}`,
      String(rung.parallel),
      String(rung.gpuLayers),
      formatBytes(Object.values(rung.bytes).reduce((sum, bytes) => sum + bytes, 0)),
      formatNumber(rung.decodeTokensPerSecond),
      rung.loss === null ? UNKNOWN : rung.loss.toFixed(4),
    ]),
    { maxWidth: width, headerStyle: style.dim },
  );
  return [`${style.bold(model.name)}  ${notes.join(', ')}`, table];
}

/** The decisions, newest first. */
export function renderGovernorLog({ decisions }: GovernorLogDocument, style: Style, width: number | null): string {
  if (decisions.length === 0) return 'Nothing has been decided yet.';
  return renderTable(
    [
      { header: 'TIME' },
      { header: 'MODEL', flexible: true },
      { header: 'STEP' },
      { header: 'RULE' },
      { header: 'FREE AFTER', align: 'right', dropped: 1 },
      { header: 'DONE' },
    ],
    decisions
      .toReversed()
      .map(({ atMs, action, rule, direction, prediction, carriedOut }) => [
        new Date(atMs).toISOString().slice(11, 19),
        action.model,
        action.kind === 'switch' ? direction : action.kind,
        rule,
        formatBytes(prediction.freeBytesAfter),
        carriedOut,
      ]),
    { maxWidth: width, headerStyle: style.dim },
  );
}
