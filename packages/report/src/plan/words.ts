import { formatBytes } from '@plimsoll/domain';
import type { Plan, PlanCandidate, Prediction, QualityExpectation } from '@plimsoll/domain';
import { readableNumber } from '../html.js';
import { loadBytes } from './load-scale.js';
import type { LoadLine } from './load-scale.js';

/** How a candidate lies in memory, in a few words. */
export function fitWords(candidate: PlanCandidate, line: LoadLine): string {
  const { fit, shape, shortBytes, headroomBytes } = candidate;
  const { gpuLayers, expertLayersOnHost } = shape.placement;
  switch (fit) {
    case 'full':
      return line.usableBytes === null ? 'fits' : `fits, ${formatBytes(headroomBytes)} to spare`;
    case 'partial':
      return expertLayersOnHost > 0
        ? `in part, the experts of ${expertLayersOnHost} layers in RAM; ${formatBytes(shortBytes)} short`
        : `in part, ${gpuLayers} layers on the device; ${formatBytes(shortBytes)} short`;
    case 'none':
      return `overloaded: ${formatBytes(shortBytes)} too much${isForBoth(candidate, line) ? ' for device and host' : ''}`;
  }
}

/** Whether what is short is counted with the host's memory filled up too. */
function isForBoth(candidate: PlanCandidate, line: LoadLine): boolean {
  if (line.memory === 'host' || line.usableBytes === null) return false;
  return candidate.shortBytes < loadBytes(candidate, line) - line.usableBytes;
}

/** `~72.1` for a prediction, `72.1` for a measurement, an en dash for what is not known. */
export function speedWords({ value, source }: Prediction): string {
  return value === null ? '–' : `${source === 'measured' ? '' : '~'}${readableNumber(value)}`;
}

/** Where a speed comes from, with what it rests on. */
export function speedSource({ source, relativeSpread, observations }: Prediction): string {
  if (source === 'unknown') return 'not known';
  const spread = relativeSpread === null ? '' : `, ±${(relativeSpread * 100).toFixed(0)} %`;
  const rests = observations === 0 ? '' : `, ${observations} ${observations === 1 ? 'run' : 'runs'}`;
  return `${source}${rests}${spread}`;
}

/** The loss against full precision in one figure, perplexity or else divergence, and what the figure is. */
export function lossWords({ perplexityIncrease, meanKld }: QualityExpectation): readonly [figure: string, of: string] {
  if (perplexityIncrease === 0) return ['no loss', ''];
  if (perplexityIncrease !== null) return [`${signed(perplexityIncrease * 100)} %`, 'perplexity'];
  return meanKld === null ? ['–', 'loss not known'] : [readableNumber(meanKld), 'KL divergence'];
}

const signed = (value: number): string => `${value > 0 ? '+' : ''}${readableNumber(value)}`;

/** The longest context that fits whole at the candidate's level and cache; null when none does. */
export function longestContext({ largestContexts }: Plan, { level, shape }: PlanCandidate): number | null {
  const entry = largestContexts.find(
    (largest) =>
      largest.level === level &&
      largest.keyCacheType === shape.keyCacheType &&
      largest.valueCacheType === shape.valueCacheType,
  );
  return entry?.contextTokens ?? null;
}
