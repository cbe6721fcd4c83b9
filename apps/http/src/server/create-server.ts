import { randomUUID } from 'node:crypto';
import swagger from '@fastify/swagger';
import { DEFAULT_SERVICE_LIMITS } from '@plimsoll/domain';
import { undiciTransport } from '@plimsoll/transport';
import fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyReply } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { answerDirectly } from '../gateway/direct-requests.js';
import type { GatewayContext } from '../gateway/gateway-context.js';
import { addGateway } from '../gateway/gateway.js';
import { isGatewayUrl } from '../gateway/gateway-url.js';
import { inDialect } from '../gateway/in-dialect.js';
import { retryAfter } from '../gateway/retry-after.js';
import { logged } from '../observability/log.js';
import { Metrics } from '../observability/metrics.js';
import type { Telemetry, TelemetryOptions } from '../observability/telemetry.js';
import type { FinishedRequest, RequestObserver } from '../observability/observation.js';
import { Admission } from '../admission/admission.js';
import type { AdmissionLimits } from '../admission/fair-queue.js';
import { errorAnswer } from '../errors/error-answer.js';
import { refusal } from '../errors/error-body.js';
import { answerProtocolError } from '../errors/protocol-errors.js';
import { PlanningThread } from '../planning/planning-thread.js';
import { addGenerateRoute } from '../routes/generate.route.js';
import { Jobs } from '../jobs/jobs.js';
import { addEventsRoute } from '../routes/events.route.js';
import { addInspectRoutes } from '../routes/inspect.route.js';
import { addJobsRoutes } from '../routes/jobs.route.js';
import { addGovernorRoutes } from '../routes/governor.route.js';
import { addGpuRoute } from '../routes/gpu.route.js';
import { addHealthRoute, addReadyRoute } from '../routes/health.route.js';
import { addMetricsRoute } from '../routes/metrics.route.js';
import { addModelsRoute } from '../routes/models.route.js';
import { addOpenApiRoute } from '../routes/openapi.route.js';
import { addPlanRoute } from '../routes/plan.route.js';
import { addRootRoute } from '../routes/root.route.js';
import { addSettingsRoutes } from '../routes/settings.route.js';
import { addStatsRoute } from '../routes/stats.route.js';
import { Access } from '../security/access.js';
import { Entrance } from '../security/entrance.js';
import { Principals } from '../security/principal.js';
import type { HttpServer } from './http-server.js';
import type { HttpServices } from './http-services.js';
import { LiveLimits } from './live-limits.js';
import { Exit } from './exit.js';
import type { RequestLogEntry } from './exit.js';
import { readBodiesAsJson } from './json-body.js';
import { RunningRequests } from './running-requests.js';
import { allowedMethods } from './allowed-methods.js';
import { visitOf } from './visit.js';

/** What a server is made of. */
export interface CreateServerOptions {
  readonly services: HttpServices;
  /** Bearer token that clients must send; null or absent for none. */
  readonly token?: string | null | undefined;
  /** Bearer token that also lets its sender change addresses, paths and keys; null or absent: nobody may. */
  readonly adminToken?: string | null | undefined;
  /** Names, beside those of this machine, under which the server may be addressed. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Silence after which a stream gets a piece that changes nothing; 10 s when absent. */
  readonly heartbeatMs?: number | undefined;
  /** How many requests to one model run and wait; wins over the settings. */
  readonly admission?: Partial<AdmissionLimits> | undefined;
  /** One line per request; nothing when absent. See `createLog`. */
  readonly log?: FastifyBaseLogger | undefined;
  /** Are shown every finished request to a model. */
  readonly observers?: readonly RequestObserver[] | undefined;
  /** Where traces and metrics go by OTLP over HTTP; nowhere when absent. */
  readonly telemetry?: Pick<TelemetryOptions, 'endpoint' | 'serviceName'> | undefined;
  readonly onRequest?: ((entry: RequestLogEntry) => void) | undefined;
  /** Hears of failures that nobody foresaw. */
  readonly onInternalError?: ((error: unknown) => void) | undefined;
}

/** A server that does not listen yet, and the long requests in it. */
export interface CreatedServer {
  readonly server: HttpServer;
  readonly running: RunningRequests;
}

const PREFIX = '/api/plimsoll/v1';
/** Of the interface, not of the package. */
const API_VERSION = '1.0.0';
const BODY_LIMIT_BYTES = 1024 * 1024;
/** For another server to take a connection. */
const CONNECT_MS = 5_000;

/** Puts routes, checks and error answers together. Listening is another matter. */
export async function createServer(options: CreateServerOptions): Promise<CreatedServer> {
  const { services, token = null, adminToken = null, allowedHosts = [], heartbeatMs = 10_000, onRequest } = options;
  const { log, observers = [] } = options;
  const running = new RunningRequests();
  const jobs = new Jobs(randomUUID, Date.now);
  const metrics = new Metrics(services.events);
  const telemetry = options.telemetry === undefined ? null : await startTelemetry(options.telemetry, services);
  const access = new Access(services.settings);
  const principals = new Principals(token, adminToken);
  const thread = new PlanningThread();
  const server: HttpServer = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
    // Longer than clients keep idle connections, so that they do not send into a closing one.
    keepAliveTimeout: 72_000,
    requestTimeout: DEFAULT_SERVICE_LIMITS.requestMs,
    clientErrorHandler: answerProtocolError,
    genReqId: (raw) => visitOf(raw).id,
    logController: new LogController({ disableRequestLogging: true }),
    ...(log === undefined ? {} : { loggerInstance: log }),
    // What the router refuses before it has found a route.
    frameworkErrors: (error, request, reply) => {
      const answer = errorAnswer(error);
      void (reply as FastifyReply).code(answer.status).send(inDialect(request.url, answer));
    },
  }).withTypeProvider<ZodTypeProvider>();
  const limits = new LiveLimits(options.admission ?? {}, ({ requestMs }) => {
    server.server.requestTimeout = requestMs;
  });
  const admission = new Admission(() => limits.admission);
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  const readJson = readBodiesAsJson(server);

  const entrance = new Entrance({
    settings: services.settings,
    principals,
    limits,
    allowedHosts,
    isPublic: isHealthRoute,
  });
  const closing = noticeClosing(server);
  const exit = new Exit({
    observers: [
      metrics.observe,
      ...(log === undefined ? [] : [(finished: FinishedRequest) => log.info(logged(finished), 'request to a model')]),
      ...(telemetry === null ? [] : [telemetry.observe]),
      ...observers,
    ],
    onRequest: (id, entry) => {
      onRequest?.(entry);
      log?.info({ id, ...entry }, 'request');
    },
    // A connection whose answer ends during a shutdown would otherwise stay open until it has been idle for long.
    onOver: () => {
      if (closing.isClosing) setImmediate(() => server.server.closeIdleConnections());
    },
  });
  server.addHook('onRequest', async (request, reply) => {
    const { raw, url } = request;
    const visit = visitOf(raw);
    // What was let in already comes from where requests are answered directly.
    if (visit.headers === null) {
      const route = request.routeOptions.url;
      exit.watch(raw, reply.raw, route);
      const refused = await entrance.enter(raw, route);
      if (refused !== null) return reply.code(refused.status).headers(refused.headers).send(inDialect(url, refused));
    }
    reply.headers(visit.headers ?? {});
    return undefined;
  });
  server.addHook('onClose', async () => {
    await Promise.all([thread.close(), jobs.close(), telemetry?.close()]);
  });
  server.setErrorHandler(async (error, _request, reply) => {
    const { status, body } = errorAnswer(error);
    if (body.error.code === 'internal') {
      options.onInternalError?.(error);
      log?.error({ err: error }, 'internal error');
    }
    if (status === 503) reply.header('retry-after', retryAfter(error));
    return reply.code(status).send(body);
  });
  server.setNotFoundHandler(async (request, reply) => {
    const allowed = allowedMethods(server, request.url);
    const hint = isGatewayUrl(request.url) ? null : `The routes are described at ${PREFIX}/openapi.json`;
    const answer =
      allowed.length === 0
        ? refusal(404, 'not-found', 'There is nothing here.', hint)
        : refusal(405, 'method-not-allowed', `This route answers to ${allowed.join(', ')}.`);
    if (allowed.length > 0) reply.header('allow', allowed.join(', '));
    return reply.code(answer.status).send(inDialect(request.url, answer));
  });

  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Plimsoll', description: 'Local models at the level that fits.', version: API_VERSION },
    },
    transform: jsonSchemaTransform,
  });
  addHealthRoute(server);
  addReadyRoute(server, services);
  addMetricsRoute(server, services, metrics, admission);
  addRootRoute(server, services);
  await server.register(
    async (api: HttpServer) => {
      addHealthRoute(api);
      addReadyRoute(api, services);
      addModelsRoute(api, services);
      addGpuRoute(api, services);
      addStatsRoute(api, services);
      addGovernorRoutes(api, { services, running, heartbeatMs });
      addInspectRoutes(api, services, access);
      addJobsRoutes(api, { services, access, jobs, heartbeatMs });
      addEventsRoute(api, services, heartbeatMs);
      addSettingsRoutes(api, services, access);
      addPlanRoute(api, { services, access, thread });
      addGenerateRoute(api, { services, access, running, heartbeatMs });
      addOpenApiRoute(api, () => server.swagger());
    },
    { prefix: PREFIX },
  );
  const transport = undiciTransport({ connectMs: CONNECT_MS });
  server.addHook('onClose', () => transport.close());
  const context: GatewayContext = {
    ...{ services, running, admission, limits, transport },
    ...{ aliveMs: heartbeatMs, nowMs: Date.now, newId: randomUUID },
  };
  await addGateway(server, context);
  answerDirectly(server.server, { entrance, context, readJson, exit, isClosing: () => closing.isClosing });
  return { server, running };
}

/** OpenTelemetry is loaded only where it is used. */
async function startTelemetry(
  options: Pick<TelemetryOptions, 'endpoint' | 'serviceName'>,
  { devices }: HttpServices,
): Promise<Telemetry> {
  const { openTelemetry } = await import('../observability/telemetry.js');
  return openTelemetry({ ...options, devices });
}

const HEALTH_ROUTES: ReadonlySet<string> = new Set(['/health', '/ready'].flatMap((route) => [route, PREFIX + route]));

function isHealthRoute(url: string | undefined): boolean {
  return url !== undefined && HEALTH_ROUTES.has(url);
}

/** Knows from the beginning of a shutdown on that there is one. */
function noticeClosing(server: HttpServer): { readonly isClosing: boolean } {
  const state = { isClosing: false };
  server.addHook('preClose', async () => {
    state.isClosing = true;
  });
  return state;
}
