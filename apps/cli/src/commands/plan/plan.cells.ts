import type { CandidateDocument } from '@plimsoll/contract';
import { UNKNOWN, formatBytes, formatNumber, formatPercent } from '../../output/format.js';
import type { Style } from '../../output/style.js';

/** How far the closed form is from what the engine says; of another placement it is told as such. */
export function exactCell({ exact }: CandidateDocument): string {
  if (exact === undefined) return 'not asked';
  const share = -exact.differenceBytes / exact.totalBytes;
  const off = exact.differenceBytes === 0 ? 'the same' : `${share > 0 ? '+' : ''}${formatPercent(share)}`;
  return exact.onHost ? `${off} (on host)` : off;
}

/** Whether it fits, and by how much it does not. */
export function fitCell({ fit, shortBytes }: CandidateDocument, style: Style): string {
  switch (fit) {
    case 'full':
      return style.green('yes');
    case 'partial':
      return style.yellow(`partly, ${formatBytes(shortBytes)} short`);
    case 'none':
      return style.red(`no, ${formatBytes(shortBytes)} short`);
  }
}

/** A measured speed stands as it is; others are estimates. */
export function speedCell({ value, source }: CandidateDocument['expected']['decodeTokensPerSecond']): string {
  if (value === null) return UNKNOWN;
  return source === 'measured' ? formatNumber(value) : `~${formatNumber(value)}`;
}

type Quality = CandidateDocument['expected']['quality'];

/** The increase of perplexity where it is known, as for presets; else the divergence, as for recipes. */
export function lossCell({ perplexityIncrease, meanKld }: Quality): string {
  if (perplexityIncrease === null) return meanKld === null ? UNKNOWN : `KLD ${meanKld.toPrecision(2)}`;
  if (perplexityIncrease === 0) return 'none';
  // A level can do better than the full one by chance; a minus that rounds to nothing is none.
  const text = formatPercent(perplexityIncrease);
  return text.startsWith('-0.0 ') ? '+0.0 %' : perplexityIncrease < 0 ? text : `+${text}`;
}

/** Where losses come from that are not those of the perplexity: recipes are measured by their divergence. */
export function divergenceNotes(candidates: readonly CandidateDocument[]): readonly string[] {
  const notes = candidates.flatMap(({ level, expected: { quality } }) =>
    quality.perplexityIncrease === null && quality.meanKld !== null
      ? [`KLD of ${level}: mean KL divergence in nats per token. ${quality.note}`]
      : [],
  );
  return [...new Set(notes)];
}
