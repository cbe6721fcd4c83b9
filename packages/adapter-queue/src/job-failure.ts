import type { JobFailure } from '@plimsoll/domain';

/** A failure as text, as BullMQ keeps it. */
export function encodeFailure({ code, message }: JobFailure): string {
  return JSON.stringify({ code, message });
}

/** What BullMQ says of a job whose workers died more often than is allowed. */
const STALLED = /stalled more than/u;

/** Reads a failure: one of a verdict, or what BullMQ or an error says. */
export function decodeFailure(reason: string | null | undefined): JobFailure {
  const text = reason ?? '';
  if (STALLED.test(text))
    return { code: 'worker-lost', message: 'The workers that took it died at it, one after the other.' };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'code' in value && 'message' in value) {
      return { code: String(value.code), message: String(value.message) };
    }
  } catch {
    // Not one of ours.
  }
  return { code: 'failed', message: text };
}
