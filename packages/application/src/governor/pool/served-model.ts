import type { BytesByDomain, OperatingPoint, Rung } from '@plimsoll/domain';

/** A rung, and what the backend calls its variant. */
export interface ServedRung extends Rung {
  readonly variant: string;
  /** `sha256:…` of its file, or null when the backend does not tell. */
  readonly digest: string | null;
  /** What it gives up with its cache, where it is known. */
  readonly cacheBytes?: BytesByDomain | undefined;
}

/** A model that is served along a ladder. */
export interface ServedModel {
  readonly name: string;
  /** Best first. */
  readonly ladder: readonly ServedRung[];
  /** How long a load takes, as far as is known. */
  readonly reloadMs: number;
}

/** A place on a loaded model, held while an answer runs. */
export interface ModelLease {
  readonly rung: number;
  readonly variant: string;
  readonly digest: string | null;
  readonly point: OperatingPoint;
  /** May be called more than once. */
  readonly release: () => void;
}
