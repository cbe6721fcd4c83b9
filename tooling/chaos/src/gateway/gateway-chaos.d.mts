/** What `run` takes. */
export interface GatewayChaosOptions {
  readonly requests: number;
  readonly stepEveryMs: number;
  readonly seed: number;
  /** Behind a server that speaks OpenAI's API alone. */
  readonly translated?: boolean;
}

/** What came of it. */
export interface GatewayChaosReport {
  readonly answered: number;
  readonly refused: number;
  readonly brokenOff: number;
  readonly left: number;
  readonly steps: number;
  readonly failures: readonly { readonly problem: string }[];
  readonly passed: boolean;
}

export const DEFAULTS: GatewayChaosOptions;
export function run(options: GatewayChaosOptions): Promise<GatewayChaosReport>;
