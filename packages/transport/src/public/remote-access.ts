/** What remote reading may do. Every field has a careful default. */
export interface RemoteAccess {
  /** Plain `http://` is refused unless set. */
  readonly allowHttp?: boolean | undefined;
  /**
   * Loopback, private and link-local addresses are refused, whatever name leads to them: unless this is true, or
   * lists the host as the URL writes it. A redirect to another private host is still refused then.
   */
  readonly allowPrivateAddresses?: boolean | readonly string[] | undefined;
  /** Redirects followed per request. Default 5. */
  readonly maxRedirects?: number | undefined;
  /** Longest wait for a connection, for an answer to begin, and between two pieces of one. Default 15,000. */
  readonly idleTimeoutMs?: number | undefined;
  /** Longest time for one request with everything it needs. Default 60,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** Names resolved to addresses; replaced in tests. Default `dns.lookup`. */
  readonly resolve?: ResolveName | undefined;
}

/** Whether a host, as the URL writes it, may lie in a private network. */
export function allowsPrivate({ allowPrivateAddresses: allowed }: RemoteAccess, hostname: string): boolean {
  return typeof allowed === 'object' ? allowed.includes(hostname) : allowed === true;
}

/** One address that a name stands for. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Finds all addresses of a host name. */
export type ResolveName = (hostname: string) => Promise<readonly ResolvedAddress[]>;
