import type { Principal } from './principal.js';

const MS_PER_MINUTE = 60_000;
/** So many are counted at once; newcomers beyond them are refused. */
const MOST_ACCOUNTS = 10_000;
/** Least time between two looks for accounts that may be forgotten. */
const LOOK_MS = 1_000;

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
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Counts a request of whoever has a limit. The returned function ends one that may pass. */
  begin({ name, requestsPerMinute, concurrent }: Account): TooMany | (() => void) {
    if (requestsPerMinute === null && concurrent === null) return () => undefined;
    const nowMs = this.#nowMs();
    const most = requestsPerMinute ?? Infinity;
    const known = this.#accounts.get(name);
    if (known === undefined && !this.#hasRoom(nowMs)) {
      return { retryAfterSeconds: MS_PER_MINUTE / 1000, message: 'Too many clients have asked within a minute.' };
    }
    const account = known ?? { left: most, atMs: nowMs, running: 0 };
    this.#accounts.set(name, account);
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

  #hasRoom(nowMs: number): boolean {
    if (this.#accounts.size >= MOST_ACCOUNTS && nowMs - this.#lookedAtMs >= LOOK_MS) this.#forgetIdle(nowMs);
    return this.#accounts.size < MOST_ACCOUNTS;
  }

  /** Those that have been idle for a minute are full again, and so like new. */
  #forgetIdle(nowMs: number): void {
    this.#lookedAtMs = nowMs;
    for (const [name, { running, atMs }] of this.#accounts) {
      if (running === 0 && nowMs - atMs >= MS_PER_MINUTE) this.#accounts.delete(name);
    }
  }
}
