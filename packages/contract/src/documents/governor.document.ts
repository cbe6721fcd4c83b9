import type { GovernorStatus, LoggedDecision } from '@plimsoll/application';
import type { GovernorDecided, PlimsollEvent, Rung } from '@plimsoll/domain';
import type { GovernorDocument, GovernorEventDocument, GovernorLogDocument } from '../schemas/governor.schema.js';

/** The state of a governor as a document. */
export function governorDocument({ mode: now, hold, ledger, models, latched }: GovernorStatus): GovernorDocument {
  return {
    schema: 'plimsoll.governor/1',
    mode: now,
    hold,
    memory: [...ledger],
    models: models.map((model) => ({
      name: model.name,
      loaded: model.loaded,
      changing: model.changing,
      pin: model.pin,
      activeRequests: model.activeRequests,
      latched: latched[model.name] !== undefined,
      rung: model.rung,
      ladder: model.ladder.map(writeRung),
    })),
  };
}

function writeRung({
  point,
  bytes: held,
  decodeTokensPerSecond,
  loss,
}: Rung): GovernorDocument['models'][0]['ladder'][0] {
  const { quantization, contextTokens, keyCacheType, valueCacheType, placement, parallel } = point;
  return {
    level: quantization.kind === 'preset' ? quantization.level : null,
    ...{ contextTokens, keyCacheType, valueCacheType, gpuLayers: placement.gpuLayers, parallel },
    ...{ bytes: { ...held }, decodeTokensPerSecond, loss },
  };
}

/** The decisions of a governor as a document. */
export function governorLogDocument(entries: readonly LoggedDecision[]): GovernorLogDocument {
  return {
    schema: 'plimsoll.governor-log/1',
    decisions: entries.map(({ outcome, ...entry }) => ({
      ...writeDecision(entry),
      outcome: outcome === null ? null : { ...outcome },
    })),
  };
}

/** What happened inside as an event of the governor's; null when it is none of its matters. */
export function governorEvent(happened: PlimsollEvent): GovernorEventDocument | null {
  switch (happened.type) {
    case 'governor-decided':
      return { kind: 'decision', ...writeDecision(happened) };
    case 'memory-pressure': {
      const { domain, level, freeBytes, capacityBytes } = happened;
      return { kind: 'pressure', domain, level, freeBytes, capacityBytes };
    }
    case 'governor-steered': {
      const { mode, pinned } = happened;
      return { kind: 'steered', mode, pinned };
    }
    default:
      return null;
  }
}

function writeDecision({
  decision,
  carriedOut,
  error,
}: GovernorDecided): Omit<GovernorLogDocument['decisions'][number], 'outcome'> {
  return { ...decision, action: { ...decision.action }, carriedOut, error };
}
