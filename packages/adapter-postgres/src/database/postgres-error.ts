import { StorageFailedError, isPlimsollError } from '@plimsoll/domain';

/** Where a database is, without what must not be shown. */
export function placeOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `PostgreSQL at ${host}${pathname}`;
  } catch {
    return 'PostgreSQL';
  }
}

/** A failure of the database as one of ours, with the way out. */
export function postgresError(place: string, cause: unknown): Error {
  if (isPlimsollError(cause)) return cause;
  const code = codeOf(cause);
  const known = EXPLANATIONS.find(([pattern]) => pattern.test(code));
  const reason = known?.[1] ?? (cause instanceof Error && cause.message !== '' ? cause.message : code);
  return new StorageFailedError(`${place} cannot be used: ${reason}.`, { hint: known?.[2], cause });
}

/** Whether the same statement may succeed in a moment: the server is starting, stopping or away for a while. */
export function isTransient(cause: unknown): boolean {
  const code = codeOf(cause);
  // 08: connections; 40: conflicts of transactions; 53300: too many connections; 57P: shut down, or not yet up.
  if (/^(08|40|57P|53300$)|^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT)$/u.test(code)) return true;
  return code === '' && cause instanceof Error && /connection (?:terminated|timeout)/iu.test(cause.message);
}

const EXPLANATIONS: readonly (readonly [code: RegExp, reason: string, hint: string])[] = [
  [
    /^E(CONNREFUSED|CONNRESET|TIMEDOUT|HOSTUNREACH)$|^08/u,
    'it does not answer',
    'Start it, or name another with --store.',
  ],
  [/^ENOTFOUND$|^EAI_AGAIN$/u, 'there is no such host', 'Name another with --store.'],
  [/^28/u, 'it refuses this user or password', 'Check the user and the password in --store.'],
  [/^3D000$/u, 'there is no such database', 'Make it with createdb, or name another with --store.'],
  [/^42501$/u, 'this user may not make or use its tables', 'Grant CREATE on the schema to this user.'],
  [/^53100$/u, 'its disk is full', 'Free some space and try again; what was kept before is kept.'],
  [/^53300$/u, 'it has no connections left', 'Raise max_connections, or start fewer workers.'],
];

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}
