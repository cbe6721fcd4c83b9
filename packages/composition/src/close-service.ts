/** A token of a parent stands for its object below it as well, and two tokens may stand for one: it is closed once. */
const closed = new WeakSet<object>();

/** Closes a service that can be closed. One that closes badly must not keep the others open: nothing is thrown. */
export async function closeService(service: object): Promise<void> {
  if (!isCloseable(service) || closed.has(service)) return;
  closed.add(service);
  await service.close().catch(() => undefined);
}

interface Closeable {
  close(): Promise<void>;
}

const isCloseable = (service: object): service is Closeable =>
  'close' in service && typeof service.close === 'function';
