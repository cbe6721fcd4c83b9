import type { AddressInfo } from 'node:net';
import { InvalidInputError } from '@plimsoll/domain';
import { assertReachableByFriendsOnly } from '../security/loopback.js';
import { createServer } from './create-server.js';
import type { CreateServerOptions } from './create-server.js';

/** Where to listen, and what to serve. */
export interface StartServerOptions extends CreateServerOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** A server that listens. */
export interface StartedServer {
  /** Such as `http://127.0.0.1:11500`. */
  readonly url: string;
  /**
   * Takes no new requests, lets the running ones finish for at most `deadlineMs` (10 s when absent), then cancels
   * them, and closes the services. Calling it again waits for the same end, by a shorter deadline if it is one.
   */
  close(deadlineMs?: number): Promise<void>;
}

/** Time for cancelled streams to tell their clients. */
const FAREWELL_MS = 500;

/**
 * Starts listening. An address that other machines can reach needs a token.
 * @throws InvalidInputError for such an address without one, InvalidInputError when the port cannot be had.
 */
export async function startServer({ host, port, ...options }: StartServerOptions): Promise<StartedServer> {
  const { accessTokens } = (await options.services.settings.load()).settings;
  assertReachableByFriendsOnly(host, options.token != null || accessTokens.length > 0);
  const { server, running } = await createServer(options);
  try {
    await server.listen({ host, port });
  } catch (error) {
    await server.close();
    throw new InvalidInputError(`Port ${port} at ${host} cannot be had: ${reason(error)}.`, {
      cause: error,
      hint: 'Choose another with --port; 0 takes any free one.',
    });
  }
  let closed: Promise<void> | null = null;
  const close = async (deadlineMs: number): Promise<void> => {
    closed ??= server.close().then(() => options.services.close());
    const deadline = setTimeout(() => running.abortAll(), deadlineMs);
    const end = setTimeout(() => server.server.closeAllConnections(), deadlineMs + FAREWELL_MS);
    try {
      await closed;
    } finally {
      clearTimeout(deadline);
      clearTimeout(end);
    }
  };
  const address = server.server.address() as AddressInfo;
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    close: (deadlineMs = 10_000) => close(deadlineMs),
  };
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'EADDRINUSE') return 'another program listens there';
  if (code === 'EACCES') return 'not permitted';
  return error instanceof Error ? error.message : String(error);
}
