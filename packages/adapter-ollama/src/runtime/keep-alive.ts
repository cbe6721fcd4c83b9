import type { LoadOptions } from '@plimsoll/domain';

/** `keep_alive` as Ollama reads it: a Go duration, or −1 for ever. Absent lets the server decide. */
export function keepAliveField(keepAlive: LoadOptions['keepAlive']): { keep_alive?: string | number } {
  if (keepAlive === undefined) return {};
  return { keep_alive: keepAlive === 'forever' ? -1 : `${Math.max(0, Math.round(keepAlive))}ms` };
}
