/** Performance of one variant of one model over recorded calls. Null is unknown: no call, or nothing was told. */
export interface VariantStatistics {
  readonly model: string;
  readonly variant: string;
  /** Digest of the content that was called; null where the backend does not say. */
  readonly digest: string | null;
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Succeeded share, 0 to 1; null without calls. */
  readonly successRate: number | null;
  /** Times of the successful calls, milliseconds. */
  readonly meanMs: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly meanDecodeTokensPerSecond: number | null;
  readonly meanFirstTokenMs: number | null;
}
