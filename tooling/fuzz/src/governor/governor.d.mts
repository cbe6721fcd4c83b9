export const PROMISE_NAMES: readonly string[];
export function tryGovernor(options: { readonly runs: number; readonly seed: number }): {
  readonly runs: number;
  /** How often each promise was put to the test. */
  readonly tested: Readonly<Record<string, number>>;
  readonly failures: readonly { readonly promise: string | null; readonly problem: string }[];
  readonly passed: boolean;
};
