/** One thing that was looked at, and what was found. */
export interface Finding {
  /** Stable name of the check, such as `backend`. */
  readonly check: string;
  /** `unknown` means the check could not be made. */
  readonly status: 'ok' | 'warning' | 'problem' | 'unknown';
  readonly message: string;
  /** The command or step that mends it, or null when nothing is to be done. */
  readonly hint: string | null;
}

/** A finding from a failed call: its message and its way out. */
export function findingFromError(check: string, status: Finding['status'], error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  const hint = typeof error === 'object' && error !== null && 'hint' in error ? error.hint : null;
  return { check, status, message, hint: typeof hint === 'string' ? hint : null };
}
