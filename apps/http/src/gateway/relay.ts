import type { ChosenVariant } from '@plimsoll/application';
import type { NativeApis } from '@plimsoll/domain';
import { modelOf } from '@plimsoll/protocol/ollama';
import { forward } from '@plimsoll/transport';
import type { HttpTransport } from '@plimsoll/transport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { abortOnDisconnect } from '../server/abort-on-disconnect.js';
import type { BackendLease } from '../server/http-services.js';
import { VARIANT_HEADER } from './answer-generation.js';
import { catalogueName } from './catalogue-name.js';
import type { GatewayContext } from './gateway-context.js';
import { LastLine, timingsOf } from './last-line.js';
import { renameModel } from './rename-model.js';

type Named = Parameters<typeof modelOf>[0];

/**
 * Passes a request about a model on to a backend that speaks the dialect itself, so that nothing of it is lost in a
 * translation: only the model's name is changed to that of the variant, and back. False when the backend does not
 * speak it; nothing was done then.
 */
export async function relay(
  context: GatewayContext,
  dialect: NativeApis['dialects'][number],
  body: Named,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  const model = catalogueName(modelOf(body));
  const lease = await context.services.backend();
  const { apis } = lease.runtime;
  if (apis?.dialects.includes(dialect) !== true) {
    lease.release();
    return false;
  }
  const { signal, done } = context.running.begin(abortOnDisconnect(reply));
  try {
    const { chosen, release } = await lease.places.place(model, { make: true, signal });
    try {
      await pass({ context, lease, apis, chosen, signal, request, reply, model, body });
    } finally {
      release();
    }
    return true;
  } finally {
    done();
    lease.release();
  }
}

interface Passed {
  readonly context: GatewayContext;
  readonly lease: BackendLease;
  readonly apis: NativeApis;
  readonly chosen: ChosenVariant;
  readonly signal: AbortSignal;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly model: string;
  readonly body: Named;
}

async function pass(passed: Passed): Promise<void> {
  const { context, lease, apis, chosen, signal, request, reply, model, body } = passed;
  const startMs = performance.now();
  const last = new LastLine();
  const isGeneration = /\/(?:chat|generate|completions|responses|messages)$/.test(request.url);
  const asked = { ...body, ...(body.name === undefined ? {} : { name: chosen.variant }), model: chosen.variant };
  const rename = renameModel(chosen.variant, model);
  const { transport } = context;
  const watched: HttpTransport = {
    close: async () => undefined,
    async fetch(url, sent) {
      const answer = await transport.fetch(url, sent);
      // A renamed body has another length.
      return { ...answer, headers: without(answer.headers, ['content-length']), body: last.watch(rename(answer.body)) };
    },
  };
  try {
    const status = await forward(
      watched,
      {
        url: `${apis.address}${request.url}`,
        method: request.method,
        headers: outward(request),
        body: JSON.stringify(plannedContext(asked, chosen)),
      },
      reply.raw,
      { signal, headers: { [VARIANT_HEADER]: encodeURI(chosen.variant), ...copied(reply) } },
    );
    if (isGeneration && status === 200 && !signal.aborted) {
      await lease.generation.record(model, chosen, timingsOf(last.text, performance.now() - startMs), null);
    }
  } catch (error) {
    if (isGeneration) await lease.generation.record(model, chosen, null, error);
    throw error;
  }
}

/** Requests that differ in the context alone would have Ollama load the model again: what is planned holds. */
function plannedContext(body: object, { load }: ChosenVariant): object {
  const { contextTokens } = load;
  if (contextTokens === undefined || !('options' in body) || typeof body.options !== 'object') return body;
  return { ...body, options: { ...body.options, num_ctx: contextTokens } };
}

/** Passes any other request on, byte for byte. False when the backend does not speak the dialect. */
export async function relayAsItIs(
  context: GatewayContext,
  dialect: NativeApis['dialects'][number],
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  const lease = await context.services.backend();
  try {
    const { apis } = lease.runtime;
    if (apis?.dialects.includes(dialect) !== true) return false;
    const { signal, done } = context.running.begin(abortOnDisconnect(reply));
    try {
      const { method, body } = request;
      const url = `${apis.address}${request.url}`;
      const sent = { url, method, headers: outward(request), body: bodyOf(body) };
      await forward(context.transport, sent, reply.raw, { signal, headers: copied(reply) });
      return true;
    } finally {
      done();
    }
  } finally {
    lease.release();
  }
}

function bodyOf(body: unknown): string | AsyncIterable<Uint8Array> | null {
  if (body === undefined || body === null) return null;
  if (typeof body === 'object' && Symbol.asyncIterator in body) return body as AsyncIterable<Uint8Array>;
  return JSON.stringify(body);
}

/** Our own token, and where the page came from, are nobody else's business. */
function outward({ headers }: FastifyRequest): FastifyRequest['headers'] {
  return { ...without(headers, ['authorization', 'origin', 'referer', 'cookie']), 'accept-encoding': 'identity' };
}

function without<Fields extends object>(fields: Fields, names: readonly string[]): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name))) as Partial<Fields>;
}

/** Headers that hooks have set so far, which a hijacked answer would lose. */
function copied(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    Object.entries(reply.getHeaders()).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}
