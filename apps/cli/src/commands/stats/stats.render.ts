import type { StatsDocument } from '@plimsoll/contract';
import { formatCount, formatDuration, formatNumber, formatPercent } from '../../output/format.js';
import { shellWord } from '../../output/shell-word.js';
import type { Style } from '../../output/style.js';
import { renderTable } from '../../output/table.js';
import { renderProposals, renderRegressions, renderTrends } from './stats.development.render.js';

/** Recorded performance, how it went over time, what got worse, and what follows. */
export function renderStats(document: StatsDocument, model: string | null, style: Style, width: number | null): string {
  const development = [
    renderTrends(document.trends, style, width),
    renderRegressions(document.regressions, style),
    renderProposals(document, style),
  ].filter((part) => part !== '');
  // Comparisons are no calls: there may be trends and proposals where nothing was asked of the model.
  const calls =
    development.length > 0 && document.variants.length === 0 ? [] : [renderCalls(document, model, style, width)];
  return [...calls, ...development].join('\n\n');
}

function renderCalls({ variants }: StatsDocument, model: string | null, style: Style, width: number | null): string {
  if (variants.length === 0) {
    const what = model === null ? 'Nothing is recorded yet.' : `Nothing is recorded about ${model} yet.`;
    return `${what}\nEvery call of plimsoll run is recorded. Try: plimsoll run ${model === null ? 'MODEL' : shellWord(model)} "Hello"`;
  }
  return renderTable(
    [
      { header: 'MODEL', flexible: true, least: 16, dropped: 6 },
      { header: 'VARIANT', flexible: true, least: 28 },
      { header: 'CALLS', align: 'right' },
      { header: 'OK', align: 'right', dropped: 8 },
      { header: 'MEAN', align: 'right', dropped: 7 },
      { header: 'MIN', align: 'right', dropped: 1 },
      { header: 'MAX', align: 'right', dropped: 2 },
      { header: 'P50', align: 'right', dropped: 4 },
      { header: 'P95', align: 'right' },
      { header: 'P99', align: 'right', dropped: 3 },
      { header: 'FIRST TOKEN', align: 'right', dropped: 5 },
      { header: 'TOKENS/S', align: 'right' },
    ],
    variants.map((one) => [
      one.model,
      variantName(one, variants),
      formatCount(one.total),
      one.failed > 0 ? style.yellow(formatPercent(one.successRate)) : formatPercent(one.successRate, 0),
      formatDuration(one.meanMs),
      formatDuration(one.minMs),
      formatDuration(one.maxMs),
      formatDuration(one.p50Ms),
      formatDuration(one.p95Ms),
      formatDuration(one.p99Ms),
      formatDuration(one.meanFirstTokenMs),
      formatNumber(one.meanDecodeTokensPerSecond),
    ]),
    { maxWidth: width, headerStyle: style.dim },
  );
}

/** The variant's name; where two contents go by one name, the beginning of the digest tells them apart. */
function variantName({ variant, digest }: StatsDocument['variants'][number], all: StatsDocument['variants']): string {
  if (all.filter((other) => other.variant === variant).length < 2) return variant;
  return `${variant} (${digest?.replace(/^.*:/u, '').slice(0, 8) ?? 'content unknown'})`;
}
