import type { Principal } from './principal.js';

const MS_PER_MINUTE = 60_000;

interface Account {
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
  readonly #accounts = new Map<string, Account>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Counts a request; null when it may pass, and `end` is then owed. */
  begin({ name, requestsPerMinute, concurrent }: Principal): TooMany | null {
    if (requestsPerMinute === null && concurrent === null) return null;
    const nowMs = this.#nowMs();
    const most = requestsPerMinute ?? Infinity;
    const account = this.#accounts.get(name) ?? { left: most, atMs: nowMs, running: 0 };
    this.#accounts.set(name, account);
    if (requestsPerMinute !== null) {
      account.left = Math.min(most, account.left + ((nowMs - account.atMs) * requestsPerMinute) / MS_PER_MINUTE);
      account.atMs = nowMs;
    }
    if (concurrent !== null && account.running >= concurrent) {
      return { retryAfterSeconds: 1, message: `${name} has ${account.running} requests running; more must wait.` };
    }
    if (account.left < 1) {
      const waitMs = ((1 - account.left) * MS_PER_MINUTE) / most;
      return { retryAfterSeconds: Math.ceil(waitMs / 1000), message: `${name} may send ${most} requests a minute.` };
    }
    account.left -= 1;
    account.running += 1;
    return null;
  }

  /** A counted request is over. */
  end({ name }: Principal): void {
    const account = this.#accounts.get(name);
    if (account !== undefined) account.running -= 1;
  }
}
