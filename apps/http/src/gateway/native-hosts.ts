import { BackendUnreachableError, mayAnswerElsewhere } from '@plimsoll/domain';
import type { NativeApis, NativeHost } from '@plimsoll/domain';

/** The servers that can answer, the best first. */
export function hostsOf(
  { address, hostsOf: find }: NativeApis,
  variant: string,
  options: { readonly signal: AbortSignal },
): readonly NativeHost[] | Promise<readonly NativeHost[]> {
  return find === undefined ? [{ address, begin: () => nothing }] : find(variant, options);
}

const nothing = (): void => undefined;

/**
 * Tries one server after the other, as long as nothing of an answer has gone out.
 * @throws what the last one failed with
 */
export function atFirst<Result>(
  hosts: readonly NativeHost[],
  ask: (host: NativeHost, isLast: boolean) => Promise<Result>,
  at = 0,
): Promise<Result> {
  const host = hosts[at];
  if (host === undefined) return Promise.reject(new BackendUnreachableError('No server is set.'));
  const isLast = at === hosts.length - 1;
  const end = host.begin();
  return ask(host, isLast).then(
    (result) => {
      end(null);
      return result;
    },
    (error: unknown) => {
      end(error);
      if (isLast || !mayAnswerElsewhere(error)) throw error;
      return atFirst(hosts, ask, at + 1);
    },
  );
}
