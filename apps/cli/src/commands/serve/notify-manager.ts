import { execFile } from 'node:child_process';

/** Tells the manager of services what it wants to know; does nothing where there is none. */
export interface ManagerNotices {
  ready(): void;
  stopping(): void;
  end(): void;
}

const NONE: ManagerNotices = { ready: () => undefined, stopping: () => undefined, end: () => undefined };
const US_PER_MS = 1000;

/**
 * systemd's protocol (`sd_notify(3)`): that the server is ready, that it stops, and, where a watchdog is set, that it
 * still lives, from the event loop that answers requests. Node has no datagram sockets of the Unix kind; systemd's own
 * program sends them.
 */
export function managerNotices(env: Readonly<Record<string, string | undefined>>): ManagerNotices {
  if (env['NOTIFY_SOCKET'] === undefined) return NONE;
  const tell = (message: string): void => {
    execFile('systemd-notify', [`--pid=${process.pid}`, message], () => undefined);
  };
  const watchdogMs = Number(env['WATCHDOG_USEC'] ?? 0) / US_PER_MS;
  const beat = watchdogMs > 0 ? setInterval(() => tell('WATCHDOG=1'), watchdogMs / 2) : undefined;
  beat?.unref();
  return {
    ready: () => tell('READY=1'),
    stopping: () => tell('STOPPING=1'),
    end: () => clearInterval(beat),
  };
}
