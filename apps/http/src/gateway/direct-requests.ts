import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Api } from '../observability/observation.js';
import { MODEL_ROUTES } from '../observability/observe-requests.js';
import type { Entrance } from '../security/entrance.js';
import type { Exit } from '../server/exit.js';
import type { ReadJson } from '../server/json-body.js';
import { readBody } from '../server/read-body.js';
import { visitOf } from '../server/visit.js';
import type { GatewayContext } from './gateway-context.js';
import { failedInDialect, inDialect } from './in-dialect.js';
import type { DialectAnswer } from './in-dialect.js';
import { asksNothing } from './ollama/asks-nothing.js';
import { relay } from './relay.js';

/** What requests are answered with before they come to Fastify. */
export interface DirectRequestsOptions {
  readonly entrance: Entrance;
  readonly context: GatewayContext;
  readonly readJson: ReadJson;
  readonly exit: Exit;
  /** Whether the server shuts down; Fastify then says so. */
  readonly isClosing: () => boolean;
}

/**
 * Passes on the requests that make up nearly all of a gateway's work without the cycle of hooks, parsers and replies that
 * Fastify has for any request, which costs as much as all the rest of passing on. What is checked of them is the same, by
 * the same code; a request that turns out to be none to pass on goes to its route, with what is known of it.
 */
export function answerDirectly(server: Server, options: DirectRequestsOptions): void {
  const routes = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  const goOn = (request: IncomingMessage, response: ServerResponse): void => {
    for (const route of routes) route.call(server, request, response);
  };
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const [api, operation] = (request.method === 'POST' && MODEL_ROUTES.get(request.url ?? '')) || NONE;
    if (api === null || operation === 'rerank' || options.isClosing()) goOn(request, response);
    else void answer(options, api, request, response, goOn);
  });
}

const NONE = [null, null] as const;

async function answer(
  options: DirectRequestsOptions,
  api: Api,
  raw: IncomingMessage,
  response: ServerResponse,
  goOn: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<void> {
  const { url = '' } = raw;
  try {
    options.exit.watch(raw, response, url);
    const refused = await options.entrance.enter(raw, url);
    if (refused !== null) send(response, { ...refused, body: inDialect(url, refused) });
    else if (!(await passOn(options, api, raw, response))) goOn(raw, response);
  } catch (error) {
    fail(api, error, raw, response);
  }
}

async function passOn(
  { context, readJson }: DirectRequestsOptions,
  api: Api,
  raw: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { url = '', method = '', headers } = raw;
  const visit = visitOf(raw);
  visit.bytes = await readBody(raw, context.limits.now.bodyBytes);
  const body = (visit.body = readJson(visit.bytes));
  if (asksNothing(url, body)) return false;
  const reply = { raw: response, getHeaders: () => visit.headers ?? {} };
  return relay(context, api, { raw, url, method, headers, body }, reply);
}

function fail(api: Api, error: unknown, raw: IncomingMessage, response: ServerResponse): void {
  const { id, body, headers } = visitOf(raw);
  const failed = failedInDialect(api, error, body, id);
  // The client may have more of its body to send.
  const more = raw.complete ? {} : { connection: 'close' };
  send(response, { ...failed, headers: { ...headers, ...failed.headers, ...more } });
}

function send(response: ServerResponse, { status, headers, body }: DialectAnswer): void {
  if (response.headersSent) return;
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}
