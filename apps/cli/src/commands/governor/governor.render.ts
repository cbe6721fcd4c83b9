import type { GovernorDocument, GovernorLogDocument } from '@plimsoll/contract';
import { UNKNOWN, formatBytes, formatNumber } from '../../output/format.js';
import type { Style } from '../../output/style.js';
import { renderTable } from '../../output/table.js';

const MODES: Readonly<Record<GovernorDocument['mode'], string>> = {
  active: 'active: levels give way under pressure and come back',
  'dry-run': 'dry run: decisions are only logged',
  hold: 'on hold: nothing moves',
};

/** Why nothing moves. */
const HOLDS: Readonly<Record<NonNullable<GovernorDocument['hold']>, string>> = {
  settling: 'A step is under way; the next look decides.',
  stale: 'The readings are too old to decide by.',
  dwell: 'The last step was a moment ago; the next one waits.',
  recovering: 'Nothing grows yet: memory has to stay free for five minutes first.',
  rising: 'Nothing grows: other programs take more and more.',
  latched: 'Moved too often within an hour; stays lower until that is over.',
  'nothing-left': 'Memory is short or a device hot, and nothing is left to give.',
  healthy: 'All is well; nothing to do.',
};

/** Memory by who holds it, and each model's ladder with the point where it stands. */
export function renderGovernor(document: GovernorDocument, style: Style, width: number | null): string {
  const { mode, hold, memory, models } = document;
  const lines = [`${style.bold('Governor')}  ${MODES[mode]}`, ...(hold === null ? [] : [HOLDS[hold]]), ''];
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
      { header: 'POINT', align: 'right' },
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
      `${index === model.rung ? '> ' : ''}${index + 1}`,
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
      { header: 'OFF BY', align: 'right', dropped: 2 },
      { header: 'DONE' },
    ],
    decisions
      .toReversed()
      .map(({ atMs, action, rule, direction, prediction, outcome, carriedOut }) => [
        new Date(atMs).toISOString().slice(11, 19),
        action.model,
        stepOf(action, direction),
        rule,
        formatBytes(prediction.freeBytesAfter),
        errorOf(outcome),
        carriedOut,
      ]),
    { maxWidth: width, headerStyle: style.dim },
  );
}

type Decision = GovernorLogDocument['decisions'][number];

/** Points by the numbers that they have in the status. */
function stepOf({ kind, from, to }: Decision['action'], direction: Decision['direction']): string {
  if (typeof from === 'number' && typeof to === 'number') return `${direction}, ${from + 1} to ${to + 1}`;
  if (kind !== 'limit-concurrency') return kind;
  return typeof to === 'number' ? `${to} at once` : 'all at once';
}

/** By how much the prediction of the free memory was wrong. */
function errorOf(outcome: Decision['outcome']): string {
  const errorBytes = outcome?.['errorBytes'];
  return typeof errorBytes === 'number' ? formatBytes(Math.abs(errorBytes)) : UNKNOWN;
}
