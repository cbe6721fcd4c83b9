import type { Metrics, WaitingRequests } from '../observability/metrics.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

/** `GET /metrics`: numbers in Prometheus' text format. */
export function addMetricsRoute(
  server: HttpServer,
  services: HttpServices,
  metrics: Metrics,
  queues: WaitingRequests,
): void {
  server.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const { type, body } = await metrics.text(services, queues);
    return reply.header('content-type', type).send(body);
  });
}
