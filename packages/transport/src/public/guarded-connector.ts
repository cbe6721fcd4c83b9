import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import type { HttpTransport } from '../http-fetch.js';
import { undiciTransport } from '../undici-transport.js';
import { isPublicAddress } from './public-address.js';
import { allowsPrivate, type RemoteAccess, type ResolvedAddress } from './remote-access.js';
import { privateAddressError } from './remote-errors.js';

const resolveWithSystem = async (hostname: string): Promise<readonly ResolvedAddress[]> =>
  (await lookup(hostname, { all: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));

/**
 * Connections that only ever open to addresses that were checked: the very address that the check saw is the one
 * connected to, so a name that changes its answer between check and use gains nothing.
 */
export function guardedTransport(access: RemoteAccess): HttpTransport {
  const limitMs = access.idleTimeoutMs ?? 15_000;
  return undiciTransport({
    connectMs: limitMs,
    idleMs: limitMs,
    lookup: guardedLookup(access),
    connections: 8,
    keepAliveMs: 1000,
    maxHeaderBytes: 32 * 1024,
  });
}

function guardedLookup(access: RemoteAccess): LookupFunction {
  const resolve = access.resolve ?? resolveWithSystem;
  return (hostname, options, callback) => {
    void resolve(hostname).then(
      (all) => {
        const usable = allowsPrivate(access, hostname) ? all : all.filter(({ address }) => isPublicAddress(address));
        const first = usable[0];
        if (first === undefined) callback(privateAddressError(hostname), '', 4);
        else if (options.all === true) callback(null, [...usable]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)), '', 4);
      },
    );
  };
}
