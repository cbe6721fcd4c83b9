/** What a token's bearer may do: ask models, read what stands, change it. `admin` includes the others. */
export const TOKEN_SCOPES = ['infer', 'read', 'admin'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** Whose requests go first where requests wait. */
export const TOKEN_PRIORITIES = ['high', 'normal', 'low'] as const;
export type TokenPriority = (typeof TOKEN_PRIORITIES)[number];

/** A token of the server's, as the settings know it: the token itself is nowhere kept. */
export interface AccessToken {
  /** Whose it is, for logs and queues. */
  readonly name: string;
  /** SHA-256 of the token, in hexadecimal. Tokens are 256 random bits, which no dictionary has. */
  readonly sha256: string;
  readonly scopes: readonly TokenScope[];
  readonly priority: TokenPriority;
  /** Null for as many as come. */
  readonly requestsPerMinute: number | null;
  /** Requests at the same time; null for as many as come. */
  readonly concurrent: number | null;
}
