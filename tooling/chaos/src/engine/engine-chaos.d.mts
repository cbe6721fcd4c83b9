/** What `run` takes. */
export interface EngineChaosOptions {
  readonly requests: number;
  readonly cancelled: number;
  readonly seed: number;
  /** Bytes that the engine's process may grow by. */
  readonly mostGrowthBytes?: number;
}

/** What came of it. */
export interface EngineChaosReport {
  readonly answered: number;
  readonly gaveUp: number;
  readonly generatedTokens: number;
  readonly earlyBytes: number;
  readonly lateBytes: number;
  readonly afterCancelledBytes: number;
  readonly failures: readonly { readonly problem: string }[];
  readonly passed: boolean;
}

export const DEFAULTS: EngineChaosOptions;
export function run(options: EngineChaosOptions): Promise<EngineChaosReport>;
