import type { LargestContext, NextBetter, PlanCandidate } from './plan.js';
import type { PlanRequest } from './plan-request.js';
import { offloadableLayers, splitByBudget } from './placement.js';
import { READABLE_TOKENS_PER_SECOND } from './ranking.js';
import type { MemoryReason, PlacementReason, PlanReason } from './reason.js';

/** Why a candidate is recommended, the most important first. */
export function reasonsFor(
  request: PlanRequest,
  chosen: PlanCandidate,
  better: NextBetter | null,
  longest: LargestContext | null,
): readonly PlanReason[] {
  const { decodeTokensPerSecond, quality } = chosen.expected;
  const slow = decodeTokensPerSecond.value !== null && decodeTokensPerSecond.value < READABLE_TOKENS_PER_SECOND;
  return [
    memoryReason(request, chosen),
    { kind: 'quality', level: chosen.level, quality },
    { kind: 'speed', decodeTokensPerSecond, slow },
    ...(chosen.fit === 'partial' ? [placementReason(request, chosen)] : []),
    ...contextReason(request, chosen, longest),
    ...(better === null ? [] : betterReason(chosen, better)),
  ];
}

function memoryReason(
  { budget }: PlanRequest,
  { level, shape, footprint, overheadBytes, fit }: PlanCandidate,
): MemoryReason {
  const onDevice = splitByBudget(budget).length > 0 && footprint.devices.length > 0;
  const devices = footprint.devices.reduce((sum, { totalBytes }) => sum + totalBytes, 0);
  const { contextTokens, keyCacheType, valueCacheType } = shape;
  return {
    kind: 'memory',
    level,
    contextTokens,
    keyCacheType,
    valueCacheType,
    whole: fit === 'full',
    bytes: (onDevice ? devices : footprint.host.totalBytes) + overheadBytes,
    where: onDevice ? 'device' : 'host',
    usableBytes: onDevice ? budget.usableBytes : budget.host.usableBytes,
    marginBytes: budget.marginBytes,
  };
}

function placementReason(request: PlanRequest, { shape, shortBytes }: PlanCandidate): PlacementReason {
  const { gpuLayers, expertLayersOnHost } = shape.placement;
  const { experts, layers } = request.architecture;
  const apart = experts !== null && expertLayersOnHost > 0;
  return {
    kind: 'placement',
    gpuLayers,
    offloadableLayers: offloadableLayers(request),
    experts: apart ? { onHost: Math.min(expertLayersOnHost, layers), layers } : null,
    unified: request.budget.unified,
    shortBytes,
  };
}

function contextReason(
  request: PlanRequest,
  chosen: PlanCandidate,
  longest: LargestContext | null,
): readonly PlanReason[] {
  const contextTokens = longest?.contextTokens ?? null;
  if (contextTokens === null || contextTokens <= chosen.shape.contextTokens) return [];
  return [{ kind: 'longest-context', contextTokens, trained: contextTokens === request.model.contextLength }];
}

function betterReason(chosen: PlanCandidate, better: NextBetter): readonly PlanReason[] {
  const { level, skipsFitting, shortBytes, remedies } = better;
  const isChosenLevel = level === chosen.level;
  const helpful = remedies.filter(({ kind }) => kind !== 'memory');
  // Of a split level it was said already how much is missing.
  if (isChosenLevel && helpful.length === 0) return [];
  return [{ kind: 'next-better', level, isChosenLevel, skipsFitting, shortBytes, remedies: helpful }];
}
