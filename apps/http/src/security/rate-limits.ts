import type { Principal } from './principal.js';

const MS_PER_MINUTE = 60_000;
/** Beyond so many, those that have been idle for a minute, and so are full again, are forgotten. */
const MOST_ACCOUNTS = 10_000;

/** What is counted together, and how much of it may be. */
export type Account = Pick<Principal, 'name' | 'requestsPerMinute' | 'concurrent'>;

interface Count {
  /** Requests that may be sent at once; fills up at the principal's rate. */
  left: number;
  atMs: number;
  running: number;
}

/** A request that came too early. */
export interface TooMany {
  readonly retryAfterSeconds: number;
  readonly message: string;
}

/** Counts the requests of principals that have limits: a bucket that holds one minute's worth, and those that run. */
export class RateLimits {
  readonly #accounts = new Map<string, Count>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Counts a request of whoever has a limit. The returned function ends one that may pass. */
  begin({ name, requestsPerMinute, concurrent }: Account): TooMany | (() => void) {
    if (requestsPerMinute === null && concurrent === null) return () => undefined;
    const nowMs = this.#nowMs();
    const most = requestsPerMinute ?? Infinity;
    const account = this.#accounts.get(name) ?? { left: most, atMs: nowMs, running: 0 };
    this.#accounts.set(name, account);
    if (this.#accounts.size > MOST_ACCOUNTS) this.#forgetIdle(nowMs);
    // The limit may be another one than at the last request.
    const regained = ((nowMs - account.atMs) * most) / MS_PER_MINUTE;
    account.left = requestsPerMinute === null ? Infinity : Math.min(most, account.left + regained);
    account.atMs = nowMs;
    if (concurrent !== null && account.running >= concurrent) {
      return { retryAfterSeconds: 1, message: `${name} has ${account.running} requests running; more must wait.` };
    }
    if (account.left < 1) {
      const waitMs = ((1 - account.left) * MS_PER_MINUTE) / most;
      return { retryAfterSeconds: Math.ceil(waitMs / 1000), message: `${name} may send ${most} requests a minute.` };
    }
    account.left -= 1;
    account.running += 1;
    return () => {
      account.running -= 1;
    };
  }

  #forgetIdle(nowMs: number): void {
    for (const [name, { running, atMs }] of this.#accounts) {
      if (running === 0 && nowMs - atMs >= MS_PER_MINUTE) this.#accounts.delete(name);
    }
  }
}
