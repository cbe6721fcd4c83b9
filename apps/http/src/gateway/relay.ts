import type { ChooseOptions, ChosenVariant, PlacedRequest } from '@plimsoll/application';
import { isOutOfMemory, mayAnswerElsewhere } from '@plimsoll/domain';
import type { NativeApis, VariantLevel } from '@plimsoll/domain';
import { forward } from '@plimsoll/transport';
import type { ForwardOptions } from '@plimsoll/transport';
import type { IncomingHttpHeaders } from 'node:http';
import { observationOf } from '../observability/observe-requests.js';
import type { BackendLease } from '../server/http-services.js';
import { bodyText } from '../server/json-body.js';
import type { RunningRequest } from '../server/running-requests.js';
import { LEVEL_HEADER, askedModel } from './asked-model.js';
import type { AskedModel } from './asked-model.js';
import { applicant } from './gateway-context.js';
import type { GatewayContext, GatewayReply, GatewayRequest } from './gateway-context.js';
import { AnswerTail, timingsOf } from './answer-tail.js';
import { EarlyBytes } from './early-bytes.js';
import { failureOf } from './failure.js';
import { atFirst, hostsOf } from './native-hosts.js';
import { renameModel } from './rename-model.js';
import { spliceModel } from './splice-model.js';
import { variantHeaders } from './variant-headers.js';

type Dialect = NativeApis['dialects'][number];

/**
 * Passes a request about a model on to a backend that speaks the dialect itself, so that nothing of it is lost in a
 * translation: only the model's name is changed to that of the variant, and back. The body is not looked at beyond
 * that; what is wrong with it, the backend says. False when the backend does not speak the dialect, or no model is
 * named; nothing was done then.
 */
export async function relay(
  context: GatewayContext,
  dialect: Dialect,
  request: GatewayRequest,
  reply: GatewayReply,
): Promise<boolean> {
  const body = namedBody(request.body);
  if (body === null) return false;
  const lease = await context.services.backend();
  const { apis } = lease.runtime;
  if (apis?.dialects.includes(dialect) !== true) {
    lease.release();
    return false;
  }
  let asked: AskedModel;
  try {
    asked = await askedModel(context, body.model ?? body.name ?? '', request.headers, lease.runtime);
  } catch (error) {
    lease.release();
    throw error;
  }
  const running = context.running.begin(reply);
  const early = earlyBytes(context, dialect, body, asked, request, reply);
  let leave = (): void => undefined;
  try {
    leave = await context.admission.enter(asked.model, applicant(request, running));
    const options = new PlaceOptions(asked.level, running);
    for (let attempt = 1, again = true; again; attempt += 1) {
      const placed = await lease.places.place(asked.model, options);
      try {
        lease.generation.warnOfFallback(asked.model, placed.chosen);
        observationOf(request)?.placed(asked.model, placed.chosen);
        await pass({ context, lease, apis, placed, running, request, reply, asked, body, early });
        again = false;
      } catch (error) {
        // Nothing of an answer has gone out then; a smaller point may stand ready.
        again = isOutOfMemory(error) && (await placed.ranOutOfMemory?.()) === true;
        if (!again || attempt === MOST_ATTEMPTS || running.aborted) throw error;
      } finally {
        placed.release();
      }
    }
  } catch (error) {
    // A stream that broke has had its last words.
    if (reply.raw.writableEnded) return true;
    if (early?.opened !== true) throw error;
    early.fail(failureOf(error));
  } finally {
    early?.stop();
    leave();
    running.done();
    lease.release();
  }
  return true;
}

/** The signal is made only where a variant has to be looked for, or waited for. */
class PlaceOptions implements ChooseOptions {
  readonly make = 'in-background';
  readonly level: VariantLevel | undefined;
  readonly #running: RunningRequest;

  constructor(level: VariantLevel | undefined, running: RunningRequest) {
    this.level = level;
    this.#running = running;
  }

  get signal(): AbortSignal {
    return this.#running.signal;
  }
}

/** Each step down frees memory; what runs out of it again and again has another fault. */
const MOST_ATTEMPTS = 5;

/** Only for streams: a whole answer has nothing that could come early. */
function earlyBytes(
  { aliveMs }: GatewayContext,
  api: Dialect,
  body: NamedBody,
  { name: model }: AskedModel,
  request: GatewayRequest,
  reply: GatewayReply,
): EarlyBytes | null {
  if (!GENERATIONS.test(request.url) || !(api === 'ollama' ? body.stream !== false : body.stream === true)) return null;
  const [path = ''] = request.url.split('?', 1);
  return new EarlyBytes({ api, path, model, response: reply.raw, headers: copied(reply), aliveMs });
}

/** A body that names a model; older clients of Ollama write `name`. */
interface NamedBody {
  readonly model?: string;
  readonly name?: string;
  readonly options?: unknown;
  readonly stream?: unknown;
}

function namedBody(body: unknown): NamedBody | null {
  if (typeof body !== 'object' || body === null) return null;
  const { model, name }: { readonly model?: unknown; readonly name?: unknown } = body;
  return typeof (model ?? name) === 'string' && (model ?? name) !== '' ? body : null;
}

interface Passed {
  readonly context: GatewayContext;
  readonly lease: BackendLease;
  readonly apis: NativeApis;
  readonly placed: PlacedRequest;
  readonly running: RunningRequest;
  readonly request: GatewayRequest;
  readonly reply: GatewayReply;
  readonly asked: AskedModel;
  readonly body: NamedBody;
  readonly early: EarlyBytes | null;
}

const GENERATIONS = /\/(?:chat|generate|completions|responses|messages)$/;

async function pass(passed: Passed): Promise<void> {
  const { context, lease, apis, placed, running, request, reply, asked, body, early } = passed;
  const { chosen } = placed;
  const startMs = performance.now();
  const isGeneration = GENERATIONS.test(request.url);
  const tail = isGeneration ? new AnswerTail() : null;
  const observation = observationOf(request);
  let firstMs: number | null = null;
  try {
    const sent = { method: request.method, headers: outward(request), body: sentBody(body, chosen, request) };
    const status = await atFirst(await hostsOf(apis, chosen.variant, running), ({ address }, isLast) =>
      forward(context.transport, { url: `${address}${request.url}`, ...sent }, reply.raw, {
        signal: running,
        headers: Object.assign(copied(reply), variantHeaders(chosen)),
        rewrite: renameModel(chosen.variant, asked.name),
        refused: worthAnotherTry(apis, chosen.variant, {
          smaller: placed.ranOutOfMemory !== undefined,
          elsewhere: !isLast,
        }),
        lastWords: early === null ? undefined : (error) => early.lastWords(failureOf(error)),
        watch: (bytes) => {
          if (firstMs === null) {
            firstMs = performance.now() - startMs;
            observation?.answered();
            early?.stop();
          }
          tail?.add(bytes);
        },
      }),
    );
    if (tail !== null && status === 200 && !running.aborted) {
      const timings = timingsOf(tail.text, performance.now() - startMs, firstMs);
      observation?.timed(timings);
      await lease.generation.record(asked.model, chosen, timings, null);
    }
  } catch (error) {
    if (isGeneration) await lease.generation.record(asked.model, chosen, null, error);
    throw error;
  }
}

/** Finds refusals that are not the last word: want of memory, at a smaller point; a busy server, at another. */
export function worthAnotherTry(
  { errorOf }: NativeApis,
  model: string,
  { smaller, elsewhere }: { readonly smaller: boolean; readonly elsewhere: boolean },
): ForwardOptions['refused'] {
  if (!smaller && !elsewhere) return undefined;
  return (status, message) => {
    const error = errorOf(status, message, model);
    return (smaller && isOutOfMemory(error)) || (elsewhere && mayAnswerElsewhere(error)) ? error : null;
  };
}

/**
 * The text as it came where nothing of it changes. Requests that differ in the context alone would have Ollama load
 * the model again: what is planned holds.
 */
function sentBody(body: NamedBody, { variant, load }: ChosenVariant, request: GatewayRequest): string {
  const { contextTokens } = load;
  const { options } = body;
  const plans = contextTokens !== undefined && typeof options === 'object' && options !== null;
  const text = plans ? null : bodyText(request);
  if (text !== null) {
    if ((body.model ?? variant) === variant && (body.name ?? variant) === variant) return text;
    const spliced = body.name === undefined ? spliceModel(text, body.model ?? '', variant) : null;
    if (spliced !== null) return spliced;
  }
  return JSON.stringify({
    ...body,
    ...(body.name === undefined ? {} : { name: variant }),
    model: variant,
    ...(plans ? { options: { ...options, num_ctx: contextTokens } } : {}),
  });
}

/** Passes any other request on, byte for byte. False when the backend does not speak the dialect. */
export async function relayAsItIs(
  context: GatewayContext,
  dialect: Dialect,
  request: GatewayRequest,
  reply: GatewayReply,
): Promise<boolean> {
  const lease = await context.services.backend();
  try {
    const { apis } = lease.runtime;
    if (apis?.dialects.includes(dialect) !== true) return false;
    const running = context.running.begin(reply);
    try {
      const { method, body } = request;
      const url = `${apis.address}${request.url}`;
      const sent = { url, method, headers: outward(request), body: bodyText(request) ?? streamed(body) };
      await forward(context.transport, sent, reply.raw, { signal: running, headers: copied(reply) });
      return true;
    } finally {
      running.done();
    }
  } finally {
    lease.release();
  }
}

function streamed(body: unknown): AsyncIterable<Uint8Array> | null {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
    ? (body as AsyncIterable<Uint8Array>)
    : null;
}

/** Our own token and headers, and where the page came from, are nobody else's business. */
const UNSAID: ReadonlySet<string> = new Set(['authorization', 'origin', 'referer', 'cookie', LEVEL_HEADER]);

/** The headers that go on with a request. */
export function outward({ headers }: Pick<GatewayRequest, 'headers'>): IncomingHttpHeaders {
  const said: IncomingHttpHeaders = {};
  for (const name of Object.keys(headers)) if (!UNSAID.has(name)) said[name] = headers[name];
  said['accept-encoding'] = 'identity';
  return said;
}

/** Headers that hooks have set so far, which an answer past Fastify would lose. */
export function copied(reply: GatewayReply): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    headers[name] = Array.isArray(value) ? value.join(', ') : String(value ?? '');
  }
  return headers;
}
