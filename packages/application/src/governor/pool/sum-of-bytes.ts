import type { BytesByDomain } from '@plimsoll/domain';

/** Each memory's sum, or its difference, which is never below 0. */
export function sumOf(a: BytesByDomain, b: BytesByDomain, sign: 1 | -1 = 1): BytesByDomain {
  const domains = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(domains.map((domain) => [domain, Math.max(0, (a[domain] ?? 0) + sign * (b[domain] ?? 0))]));
}
