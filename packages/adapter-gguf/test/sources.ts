import type { RemoteAccess } from '@plimsoll/transport';

/** What tests against loopback servers must allow. */
export const LOCAL: RemoteAccess = { allowHttp: true, allowPrivateAddresses: true };

/** An object name as servers form it: 64 hexadecimal digits from one. */
export function fakeDigest(digit: string): string {
  return digit.repeat(64);
}
