/** One line of a benchmark's result. */
export interface BenchRow {
  readonly name: string;
  readonly ours: number;
  readonly unit: string;
  readonly bound: string | null;
  readonly passed: boolean | null;
}

/** Closed-form footprints against the engine's own answers and the field's formulas. */
export function bench(options?: {
  readonly models?: readonly string[];
  readonly device?: boolean;
  readonly log?: (line: string) => void;
}): Promise<readonly BenchRow[]>;
