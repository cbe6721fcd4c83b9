import type { BackendLease, HttpServices } from '../server/http-services.js';
import type { RelayTransport } from '@plimsoll/transport';
import type { RunningRequests } from '../server/running-requests.js';

/** What the routes of all dialects work with. */
export interface GatewayContext {
  readonly services: HttpServices;
  readonly running: RunningRequests;
  /** How requests go on to other servers. */
  readonly transport: RelayTransport;
  /** Silence after which a stream gets a piece that changes nothing. */
  readonly aliveMs: number;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly newId: () => string;
}

/** Works with the backend that the settings name now, and gives it back. */
export async function withBackend<Result>(
  { services }: GatewayContext,
  use: (lease: BackendLease) => Promise<Result>,
): Promise<Result> {
  const lease = await services.backend();
  try {
    return await use(lease);
  } finally {
    lease.release();
  }
}
