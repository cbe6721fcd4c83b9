import type { ComparedLevel, Estimate } from '@plimsoll/application';
import { formatBytes } from '@plimsoll/domain';
import { escapeHtml, readableNumber } from '../html.js';
import { levelLabel } from './level-label.js';

/** What is told of a level; null where it was not measured. */
type Fact = readonly [name: string, text: (level: ComparedLevel) => CellText | null];

type CellText = string | readonly [value: string, doubt: string];

/** All numbers: a row for each fact, a column for each level, the recommended one in bold. */
export function factsTable(levels: readonly ComparedLevel[], recommended: ComparedLevel | null): string {
  const chosen = (level: ComparedLevel): string => (level === recommended ? ' class="chosen"' : '');
  const head = levels.map((level) => `<th${chosen(level)}>${escapeHtml(levelLabel(level))}</th>`).join('');
  const groups = GROUPS.map(([title, facts]) => {
    const heading = `<tr><th scope="rowgroup" colspan="${levels.length + 1}">${escapeHtml(title)}</th></tr>`;
    const rows = facts.map(([name, text]) => [name, levels.map(text)] as const);
    if (rows.every(([, texts]) => isUnknown(texts))) return heading + unknown('all of it', levels.length);
    const known = rows.map(([name, texts]) => {
      if (isUnknown(texts)) return unknown(name, levels.length);
      const cells = levels.map((level, index) => `<td${chosen(level)}>${cell(texts[index] ?? null)}</td>`);
      return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join('')}</tr>`;
    });
    return heading + known.join('');
  });
  return `<div class="scroll"><table class="facts"><thead><tr><td></td>${head}</tr></thead><tbody>${groups.join('')}</tbody></table></div>`;
}

const isUnknown = (texts: readonly (CellText | null)[]): boolean => texts.every((one) => one === null);

const unknown = (name: string, columns: number): string =>
  `<tr><th scope="row">${escapeHtml(name)}</th><td class="none" colspan="${columns}">not measured</td></tr>`;

/** A value and, below it, how sure it is. */
function cell(text: CellText | null): string {
  if (text === null) return '–';
  if (typeof text === 'string') return escapeHtml(text);
  return `${escapeHtml(text[0])}<small>${escapeHtml(text[1])}</small>`;
}

const number = (value: number | null): string | null => (value === null ? null : readableNumber(value));
const bytes = (value: number | null): string | null => (value === null ? null : formatBytes(value));

/** A median with its interval. */
const range = (estimate: Estimate | null): CellText | null =>
  estimate === null
    ? null
    : [readableNumber(estimate.median), `${readableNumber(estimate.low)} to ${readableNumber(estimate.high)}`];

/** A value with its standard error, both to the error's second digit; `factor` is 100 for percent. */
function withError(value: number | undefined, error: number | undefined, factor = 1): CellText | null {
  if (value === undefined) return null;
  const unit = factor === 100 ? ' %' : '';
  if (error === undefined || !(error > 0)) return `${readableNumber(value * factor)}${unit}`;
  const decimals = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(error * factor))));
  return [`${(value * factor).toFixed(decimals)}${unit}`, `± ${(error * factor).toFixed(decimals)}`];
}

const GROUPS: readonly (readonly [title: string, facts: readonly Fact[]])[] = [
  [
    'Bytes',
    [
      ['file', ({ bytes: file }) => bytes(file)],
      ['in memory', ({ residentBytes }) => bytes(residentBytes)],
    ],
  ],
  [
    'Timed runs',
    [
      ['succeeded', ({ runs }) => (runs.total === 0 ? null : `${runs.succeeded} of ${runs.total}`)],
      ['mean time, ms', ({ runs }) => number(runs.meanMs)],
      ['shortest, ms', ({ runs }) => number(runs.minMs)],
      ['longest, ms', ({ runs }) => number(runs.maxMs)],
      ['speedup by mean time', ({ runs }) => number(runs.speedup)],
    ],
  ],
  [
    'Speed (median, 95 % interval)',
    [
      ['decoding, tokens/s', ({ speed }) => range(speed.decodeTokensPerSecond)],
      ['decoding against the reference', speedup],
      ['prefill, tokens/s', ({ speed }) => range(speed.prefillTokensPerSecond)],
      ['first token, ms', ({ speed }) => range(speed.firstTokenMs)],
      ['loading, ms', ({ speed }) => range(speed.loadMs)],
    ],
  ],
  [
    'Heat and power',
    [
      ['hottest, °C', ({ speed }) => number(speed.temperatureC)],
      ['slowed down by heat', ({ speed }) => (speed.throttled === null ? null : speed.throttled ? 'yes' : 'no')],
      ['energy, J per token', ({ speed }) => number(speed.energyJPerToken)],
    ],
  ],
  [
    'Quality (± standard error)',
    [
      ['perplexity', ({ quality }) => withError(quality?.perplexity, quality?.perplexityStandardError)],
      ['perplexity ratio', ({ quality }) => withError(quality?.perplexityRatio, quality?.perplexityRatioStandardError)],
      ['mean KL divergence', ({ quality }) => withError(quality?.meanKld, quality?.meanKldStandardError)],
      ['divergence of the worst 1 %', ({ quality }) => number(quality?.kldQuantiles['0.99'] ?? null)],
      ['same top token', ({ quality }) => withError(quality?.sameTopToken, quality?.sameTopTokenStandardError, 100)],
      ['RMS Δp', ({ quality }) => withError(quality?.rmsDeltaP, quality?.rmsDeltaPStandardError, 100)],
    ],
  ],
];

function speedup({ speedup: against }: ComparedLevel): CellText | null {
  if (against == null) return null;
  const { low, high } = against.interval;
  const doubt = against.verdict === 'no difference shown' ? ', chance?' : '';
  return [`${against.speedup.toFixed(2)}×`, `${low.toFixed(2)} to ${high.toFixed(2)}${doubt}`];
}
