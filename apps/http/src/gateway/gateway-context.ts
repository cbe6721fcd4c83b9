import type { BackendLease, HttpServices } from '../server/http-services.js';
import type { RelayTransport, Stoppable } from '@plimsoll/transport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Admission } from '../admission/admission.js';
import type { Applicant } from '../admission/fair-queue.js';
import { senderOf } from '../security/entrance.js';
import { ANYBODY } from '../security/principal.js';
import type { LiveLimits } from '../server/live-limits.js';
import type { RunningRequests } from '../server/running-requests.js';

/** What the routes of all dialects work with. */
export interface GatewayContext {
  readonly services: HttpServices;
  readonly running: RunningRequests;
  readonly admission: Admission;
  /** As the settings say now. */
  readonly limits: Pick<LiveLimits, 'now'>;
  /** How requests go on to other servers. */
  readonly transport: RelayTransport;
  /** Silence after which a stream gets a piece that changes nothing. */
  readonly aliveMs: number;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly newId: () => string;
}

/** As much of a request as passing it on needs, whether or not it came by a route of Fastify's. */
export type GatewayRequest = Pick<FastifyRequest, 'raw' | 'headers' | 'method' | 'url' | 'body'>;

/** Where its answer goes, and the headers that were set so far. */
export interface GatewayReply {
  readonly raw: FastifyReply['raw'];
  getHeaders(): Readonly<Record<string, number | string | readonly string[] | undefined>>;
}

/** Who a request counts for where it waits. */
export function applicant(request: GatewayRequest, signal: Stoppable): Applicant {
  const sender = senderOf(request);
  const client = sender === ANYBODY ? (request.raw.socket.remoteAddress ?? '') : sender.name;
  return { client, priority: sender.priority, signal };
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
