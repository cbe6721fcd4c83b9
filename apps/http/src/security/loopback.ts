import { isIP } from 'node:net';
import { InvalidInputError } from '@plimsoll/domain';

/** Whether a host name or address, without brackets, means this machine alone. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

/**
 * Refuses an address that other machines can reach, unless a token guards it.
 * @throws InvalidInputError
 */
export function assertReachableByFriendsOnly(host: string, hasToken: boolean): void {
  if (hasToken || isLoopback(host)) return;
  throw new InvalidInputError(`Listening at ${host} would let other machines use this one without asking.`, {
    hint: 'Listen at 127.0.0.1, or make a token with `plimsoll token add`, or set one in PLIMSOLL_HTTP_TOKEN; clients then send it as "Authorization: Bearer …".',
  });
}

/** Parsed before; clients say the same again and again. */
const known = new Map<string, string | null>();
const MOST_KNOWN = 64;

/** The host name of a Host or Origin header, without port and brackets; null when it is not one. */
export function hostName(header: string): string | null {
  const before = known.get(header);
  if (before !== undefined) return before;
  const text = header.includes('://') ? header : `http://${header}`;
  const name = URL.canParse(text) ? new URL(text).hostname.replace(/^\[|\]$/g, '') : null;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(header, name);
  return name;
}
