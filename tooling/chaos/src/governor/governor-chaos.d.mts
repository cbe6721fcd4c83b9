export function run(options: {
  readonly requests: number;
  /** Milliseconds between two forced steps. */
  readonly stepEveryMs: number;
  readonly seed: number;
}): Promise<{
  readonly answered: number;
  readonly refused: number;
  readonly steps: number;
  readonly textsThatDiffer: number;
  readonly byVariant: Readonly<Record<string, number>>;
  readonly failures: readonly unknown[];
  readonly passed: boolean;
}>;
