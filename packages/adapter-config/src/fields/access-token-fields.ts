import { TOKEN_PRIORITIES, TOKEN_SCOPES } from '@plimsoll/domain';
import type { AccessToken } from '@plimsoll/domain';
import { z } from 'zod';

/** An entry of `http.tokens` as the file has it. */
export interface TokenEntry {
  readonly name: string;
  readonly sha256: string;
  readonly scopes: AccessToken['scopes'];
  readonly priority?: AccessToken['priority'] | undefined;
  readonly requests_per_minute?: number | undefined;
  readonly concurrent?: number | undefined;
}

/** The entries of `http.tokens`. */
export const tokensSchema = (): z.ZodType<readonly TokenEntry[]> =>
  z.array(
    z.strictObject({
      name: z.string().regex(/^[\w.-]{1,64}$/),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      scopes: z.array(z.enum(TOKEN_SCOPES)).min(1),
      priority: z.enum(TOKEN_PRIORITIES).optional(),
      requests_per_minute: z.int().min(1).optional(),
      concurrent: z.int().min(1).optional(),
    }),
  );

/** Reads the entries, which have passed the schema. */
export const decodeTokens = (entries: readonly TokenEntry[]): readonly AccessToken[] =>
  entries.map(({ priority = 'normal', requests_per_minute: perMinute = null, concurrent = null, ...entry }) => ({
    ...entry,
    priority,
    requestsPerMinute: perMinute,
    concurrent,
  }));

/** What the file holds for them: what is usual is left out. */
export const encodeTokens = (tokens: readonly AccessToken[]): readonly TokenEntry[] =>
  tokens.map(({ name, sha256, scopes, priority, requestsPerMinute, concurrent }) => ({
    name,
    sha256,
    scopes,
    ...(priority === 'normal' ? {} : { priority }),
    ...(requestsPerMinute === null ? {} : { requests_per_minute: requestsPerMinute }),
    ...(concurrent === null ? {} : { concurrent }),
  }));
