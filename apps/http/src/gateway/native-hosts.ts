import { BackendUnreachableError, mayAnswerElsewhere } from '@plimsoll/domain';
import type { NativeApis, NativeHost } from '@plimsoll/domain';

/** The servers that can answer, the best first. */
export async function hostsOf(
  { address, hostsOf: find }: NativeApis,
  variant: string,
  options: { readonly signal: AbortSignal },
): Promise<readonly NativeHost[]> {
  return find === undefined ? [{ address, begin: () => () => undefined }] : find(variant, options);
}

/**
 * Tries one server after the other, as long as nothing of an answer has gone out.
 * @throws what the last one failed with
 */
export async function atFirst<Result>(
  hosts: readonly NativeHost[],
  ask: (host: NativeHost, isLast: boolean) => Promise<Result>,
): Promise<Result> {
  for (const [index, host] of hosts.entries()) {
    const isLast = index === hosts.length - 1;
    const end = host.begin();
    let failure: unknown = null;
    try {
      return await ask(host, isLast);
    } catch (error) {
      failure = error;
      if (isLast || !mayAnswerElsewhere(error)) throw error;
    } finally {
      end(failure);
    }
  }
  throw new BackendUnreachableError('No server is set.');
}
