import 'reflect-metadata/lite';
import { Container, type ServiceIdentifier } from 'inversify';

/** A token of a parent stands for its object below it as well, and two tokens may stand for one: it is closed once. */
const closed = new WeakSet<object>();

/**
 * A container that closes what it has made for the tokens of `closing` when it is unbound.
 * Loaded late: a command that needs no adapter does without.
 */
export function createContainer(closing: Iterable<ServiceIdentifier<object>>, parent: Container | null): Container {
  const container = parent === null ? new Container() : new Container({ parent });
  for (const token of closing) {
    container.onDeactivation(token, async (service) => {
      if (!isCloseable(service) || closed.has(service)) return;
      closed.add(service);
      // One that closes badly must not keep the others open.
      await service.close().catch(() => undefined);
    });
  }
  return container;
}

interface Closeable {
  close(): Promise<void>;
}

const isCloseable = (service: object): service is Closeable =>
  'close' in service && typeof service.close === 'function';
