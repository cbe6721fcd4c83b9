import { BackendUnreachableError, InvalidInputError } from '@plimsoll/domain';
import { Redis } from 'ioredis';

const CONNECT_MS = 5000;
const LONGEST_PAUSE_MS = 2000;

/**
 * Connects to Redis. Once connected, a server that goes away is waited for without end.
 * @throws InvalidInputError for what is no address, BackendUnreachableError when nobody answers there
 */
export async function connectRedis(url: string): Promise<Redis> {
  if (!/^rediss?:\/\//u.test(url) || !URL.canParse(url)) {
    throw new InvalidInputError('The queue is not the address of a Redis server.', {
      hint: 'It looks like redis://host:6379, or rediss:// with TLS.',
    });
  }
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    // What BullMQ asks for: a command waits for the server instead of failing.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * times, LONGEST_PAUSE_MS),
  });
  // Errors of the connection are seen by the commands that wait for it.
  let last: Error | null = null;
  client.on('error', (error: Error) => (last = error));
  try {
    await client.connect();
    await client.ping();
    return client;
  } catch (cause) {
    client.disconnect();
    const known = (last as Error | null) ?? cause;
    const reason = known instanceof Error ? known.message : String(known);
    throw new BackendUnreachableError(`Redis at ${new URL(url).host} does not answer: ${reason}`, {
      hint: 'Start it, or name another with --queue.',
      cause,
    });
  }
}
