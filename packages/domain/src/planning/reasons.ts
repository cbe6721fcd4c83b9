import type { Placement } from '../footprint/operating-point.js';
import { formatBytes } from './byte-size.js';
import { cacheName } from './candidates.js';
import { grouped } from './next-better.js';
import type { LargestContext, NextBetter, PlanCandidate } from './plan.js';
import type { PlanRequest } from './plan-request.js';
import { offloadableLayers, splitByBudget } from './placement.js';
import { formatPrediction } from '../prediction/prediction.js';
import { READABLE_TOKENS_PER_SECOND } from './ranking.js';

/** Why a candidate is recommended, in sentences with numbers. */
export function reasonsFor(
  request: PlanRequest,
  chosen: PlanCandidate,
  better: NextBetter | null,
  longest: LargestContext | null,
): readonly string[] {
  return [
    memoryReason(request, chosen),
    qualityReason(chosen),
    ...speedReasons(request, chosen),
    ...contextReason(request, chosen, longest),
    ...(better === null ? [] : betterReason(chosen, better)),
  ];
}

function memoryReason(request: PlanRequest, { level, shape, footprint, overheadBytes, fit }: PlanCandidate): string {
  const { budget } = request;
  const onDevice = splitByBudget(budget).length > 0 && footprint.devices.length > 0;
  const devices = footprint.devices.reduce((sum, { totalBytes }) => sum + totalBytes, 0);
  const bytes = (onDevice ? devices : footprint.host.totalBytes) + overheadBytes;
  const what = `${level} with ${grouped(shape.contextTokens)} tokens of ${cacheName(shape)} cache`;
  const usable = onDevice ? budget.usableBytes : budget.host.usableBytes;
  const of = usable === null ? '' : ` of ${formatBytes(usable)} usable`;
  const where = onDevice ? 'device memory' : 'host memory';
  const how = fit === 'full' ? 'fits entirely and takes' : 'is partly offloaded and takes';
  return `${what} ${how} ${formatBytes(bytes)}${of} (${formatBytes(budget.marginBytes)} kept free) in ${where}.`;
}

function qualityReason({ level, expected }: PlanCandidate): string {
  const { perplexityIncrease, meanKld, source, note } = expected.quality;
  if (source === 'reference' && meanKld === 0) return `${level} is full precision: nothing is lost.`;
  if (perplexityIncrease === null && meanKld === null) return note;
  const perplexity =
    perplexityIncrease === null
      ? []
      : [`perplexity ${perplexityIncrease < 0 ? '' : '+'}${(perplexityIncrease * 100).toFixed(2)} %`];
  const kld = meanKld === null ? [] : [`mean KL divergence ${meanKld.toFixed(4)}`];
  return `Expected loss: ${[...perplexity, ...kld].join(', ')} (${source}). ${note}`;
}

function speedReasons(request: PlanRequest, chosen: PlanCandidate): readonly string[] {
  const { decodeTokensPerSecond } = chosen.expected;
  const slow = decodeTokensPerSecond.value !== null && decodeTokensPerSecond.value < READABLE_TOKENS_PER_SECOND;
  const speed = `Speed: ${formatPrediction(decodeTokensPerSecond, 'tokens/s')}${slow ? ', slower than reading' : ''}.`;
  if (chosen.fit !== 'partial') return [speed];
  return [
    speed,
    `${placementWords(request, chosen.shape.placement)}; ${formatBytes(chosen.shortBytes)} are missing for all of it.`,
  ];
}

/** Where a partly offloaded model lies, in words. */
function placementWords(request: PlanRequest, { gpuLayers, expertLayersOnHost }: Placement): string {
  const all = offloadableLayers(request);
  const layers = `${gpuLayers} of ${all} layers`;
  if (request.budget.unified) return `The GPU computes ${layers}, the processor the others`;
  const { experts, layers: repeating } = request.architecture;
  if (experts === null || expertLayersOnHost === 0) return `${layers} are on the GPU, the others in RAM`;
  const count = Math.min(expertLayersOnHost, repeating);
  const rest = gpuLayers < all ? `, and only ${layers} are on the GPU` : '; all else is on the GPU';
  return `The experts of ${count === repeating ? 'all' : `${count} of ${repeating}`} layers stay in RAM${rest}`;
}

function contextReason(request: PlanRequest, chosen: PlanCandidate, longest: LargestContext | null): readonly string[] {
  const tokens = longest?.contextTokens ?? null;
  if (tokens === null || tokens <= chosen.shape.contextTokens) return [];
  const all = tokens === request.model.contextLength ? ', all that the model was trained for' : '';
  return [`At this level the context can grow to ${grouped(tokens)} tokens${all}.`];
}

function betterReason(chosen: PlanCandidate, { level, shortBytes, remedies }: NextBetter): readonly string[] {
  const what = level === chosen.level ? `All of ${level} on the device` : `The next better level, ${level},`;
  const helpful = remedies.filter(({ kind }) => kind !== 'memory').map(({ text }) => text);
  const short = `${what} is ${formatBytes(shortBytes)} short`;
  if (helpful.length > 0) return [`${short}: ${helpful.join('; or ')}.`];
  // Of a split level it was said already how much is missing.
  if (level === chosen.level) return [];
  return [`${short}; neither a smaller cache nor a shorter context makes up for it.`];
}
