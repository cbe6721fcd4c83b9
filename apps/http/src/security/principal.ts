import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { AccessToken, TokenPriority } from '@plimsoll/domain';

/** What a route asks for. `change` is for what moves no address, path or key; those need `admin`. */
export type Scope = 'infer' | 'read' | 'change' | 'admin';

/** Who sends requests. */
export interface Principal {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly priority: TokenPriority;
  readonly requestsPerMinute: number | null;
  readonly concurrent: number | null;
}

/** A principal's hash beside it. */
interface Known {
  readonly hash: Buffer;
  readonly principal: Principal;
}

const UNLIMITED = { priority: 'normal', requestsPerMinute: null, concurrent: null } as const;
const ALL_BUT_ADMIN: readonly Scope[] = ['infer', 'read', 'change'];

/** Everybody, where no token is asked for. */
export const ANYBODY: Principal = { name: 'anybody', scopes: ALL_BUT_ADMIN, ...UNLIMITED };

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The tokens that open a server: two of its environment, and those of the settings. */
export class Principals {
  readonly #ofEnvironment: readonly Known[];
  #tokens: readonly AccessToken[] = [];
  #known: readonly Known[];
  readonly #asks: boolean;

  constructor(token: string | null, adminToken: string | null) {
    const known = (text: string | null, principal: Principal): readonly Known[] =>
      text === null ? [] : [{ hash: sha256(text), principal }];
    this.#ofEnvironment = [
      ...known(token, { name: 'token', scopes: ALL_BUT_ADMIN, ...UNLIMITED }),
      ...known(adminToken, { name: 'admin', scopes: [...ALL_BUT_ADMIN, 'admin'], ...UNLIMITED }),
    ];
    this.#known = this.#ofEnvironment;
    this.#asks = token !== null;
  }

  /** The settings' tokens as they hold now. */
  update(tokens: readonly AccessToken[]): void {
    if (tokens === this.#tokens) return;
    this.#tokens = tokens;
    this.#known = [...this.#ofEnvironment, ...tokens.map(known)];
  }

  /** Whether requests need a token. An admin's alone locks nobody out. */
  get asks(): boolean {
    return this.#asks || this.#tokens.length > 0;
  }

  /**
   * Who sent a request, by its bearer token or, as Anthropic's clients send it, its `x-api-key`. Each known hash is
   * compared in a time that does not depend on where they differ. Null for nobody that is known.
   */
  find({ authorization, 'x-api-key': key }: IncomingHttpHeaders): Principal | null {
    const given = authorization?.startsWith('Bearer ') === true ? authorization.slice('Bearer '.length) : key;
    let found: Principal | null = null;
    if (typeof given === 'string' && this.#known.length > 0) {
      const hash = sha256(given);
      for (const candidate of this.#known) if (timingSafeEqual(candidate.hash, hash)) found = candidate.principal;
    }
    return found ?? (this.asks ? null : ANYBODY);
  }
}

function known({ name, sha256: hash, scopes, priority, requestsPerMinute, concurrent }: AccessToken): Known {
  const granted: readonly Scope[] = scopes.includes('admin') ? [...ALL_BUT_ADMIN, 'admin'] : scopes;
  return {
    hash: Buffer.from(hash, 'hex'),
    principal: { name, scopes: granted, priority, requestsPerMinute, concurrent },
  };
}
