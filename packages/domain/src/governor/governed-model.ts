import type { Ladder, Rung } from './ladder.js';
import type { BytesByDomain, MemoryDomain, Reservation } from './memory-ledger.js';
import { heldBytes } from './memory-ledger.js';

/** What the user has fixed about a model: nothing, that it stays loaded, or that it stays at its point too. */
export type Pin = 'none' | 'loaded' | 'point';

/** A model as the governor sees it at a moment. */
export interface GovernedModel {
  readonly name: string;
  readonly ladder: Ladder;
  /** Index into the ladder: where it is loaded, or would be. */
  readonly rung: number;
  readonly loaded: boolean;
  readonly pin: Pin;
  /** Whether a load, an unload or a switch is under way. */
  readonly changing: boolean;
  /** Requests that are being answered. */
  readonly activeRequests: number;
  /** Sequences that it may answer at once now; null is all that its point has. */
  readonly concurrencyLimit: number | null;
  /** Cache that no request uses and that can be dropped without unloading. */
  readonly idleCache: BytesByDomain;
  /** What the engine reported after the load; null when it did not. */
  readonly reported: BytesByDomain | null;
  /** What a load that is under way will take: no reading need show it yet. */
  readonly incoming?: BytesByDomain | undefined;
  readonly lastUsedMs: number;
  /** When it last had to go although somebody might want it; absent when it never had to. */
  readonly leftMs?: number | undefined;
  /** How long loading it again takes, predicted or measured. */
  readonly reloadMs: number;
}

/** The rung that a model is on. */
export function currentRung({ ladder, rung }: GovernedModel): Rung | undefined {
  return ladder[rung];
}

/** What a loaded model holds; nothing when it is not loaded. */
export function reservationsOf(models: readonly GovernedModel[]): readonly Reservation[] {
  return models.flatMap((model) => {
    const rung = currentRung(model);
    return model.loaded && rung !== undefined
      ? [{ model: model.name, predicted: rung.bytes, reported: model.reported }]
      : [];
  });
}

/** Bytes that a model holds in a memory now. */
export function bytesHeld(model: GovernedModel, domain: MemoryDomain): number {
  const rung = currentRung(model);
  if (!model.loaded || rung === undefined) return 0;
  return heldBytes({ model: model.name, predicted: rung.bytes, reported: model.reported }, domain);
}

/**
 * Bytes that a rung would take, as this model's reports correct the prediction: what the engine reported above it for
 * the present rung is expected of the others too.
 */
export function expectedBytes(model: GovernedModel, rung: Rung, domain: MemoryDomain): number {
  const now = currentRung(model);
  const predicted = rung.bytes[domain] ?? 0;
  const reported = model.loaded ? model.reported?.[domain] : undefined;
  if (now === undefined || reported === undefined || predicted === 0) return predicted;
  return predicted + Math.max(0, reported - (now.bytes[domain] ?? 0));
}
