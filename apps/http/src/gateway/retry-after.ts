import { OverloadedError } from '../admission/fair-queue.js';

/** Seconds after which a refused request may be sent again, as the header wants them. */
export const retryAfter = (error: unknown): string =>
  error instanceof OverloadedError ? `${error.retryAfterSeconds}` : '1';
