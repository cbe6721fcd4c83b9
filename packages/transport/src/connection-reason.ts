/** Why a connection failed, in a few words. A name with several addresses fails as one error per address. */
export function reasonOf(cause: unknown): string {
  const inner = cause instanceof AggregateError && cause.message === '' ? (cause.errors[0] as unknown) : cause;
  return (inner instanceof Error ? inner.message : String(inner)) || 'connection failed';
}

/** The system's or undici's code of a failed connection, such as `ECONNREFUSED`; empty when there is none. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
