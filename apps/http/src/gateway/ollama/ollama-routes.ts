import { CapabilityMissingError, InvalidInputError, ModelNotFoundError, parseLevel } from '@plimsoll/domain';
import {
  chatCodec,
  chatRequest,
  createRequest,
  embedRequest,
  generateCodec,
  generateRequest,
  keepAliveMs,
  modelOf,
  ollamaError,
  showRequest,
  transferRequest,
} from '@plimsoll/protocol/ollama';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpServer } from '../../server/http-server.js';
import type { BackendLease } from '../../server/http-services.js';
import { answerGeneration } from '../answer-generation.js';
import { askedModel } from '../asked-model.js';
import { catalogueName } from '../catalogue-name.js';
import { embedTexts } from '../embed-texts.js';
import { withBackend } from '../gateway-context.js';
import type { GatewayContext } from '../gateway-context.js';
import { answerErrors } from '../in-dialect.js';
import { asksNothing } from './asks-nothing.js';
import { allNamedModels } from '../named-models.js';
import { parseBody } from '../parse-body.js';
import { relay } from '../relay.js';
import { relayAsItIs } from '../relay-as-it-is.js';
import { writeComing, writeResident, writeShow, writeTag } from './describe.js';
import { answerProgress } from './progress.js';
import { relayShow } from './relay-show.js';

/** The version of Ollama's API that is spoken here. Clients refuse older ones and read nothing but dotted numbers. */
const API_VERSION = '0.34.2';

/** `/api`, as Ollama's clients know it. */
export function addOllamaRoutes(server: HttpServer, context: GatewayContext): void {
  answerErrors(server, 'ollama');
  server.get('/version', async () => ({ version: await withBackend(context, versionOf) }));
  server.get('/tags', async () => {
    const models = await allNamedModels(context);
    return { models: models.map(({ name, variant }) => writeTag(name, variant)) };
  });
  server.get('/ps', async () =>
    withBackend(context, async ({ models, builds }) => {
      const { models: listed } = await models.list();
      const resident = listed.flatMap((model) =>
        model.resident === null ? [] : [writeResident(model.resident, model)],
      );
      return { models: [...resident, ...builds.list().map(writeComing)] };
    }),
  );
  server.post('/show', async (request, reply) => {
    if (await relayShow(context, request, reply)) return reply;
    const body = parseBody(showRequest, request.body);
    return withBackend(context, async (lease) => {
      const { name, model, level } = await askedModel(context, modelOf(body), request.headers, lease.runtime);
      const variant = await lease.runtime.find(
        (await lease.choose.choose(model, { make: false, standIn: true, level })).variant,
      );
      if (variant === null) throw new ModelNotFoundError(`model '${name}' not found`);
      const { header } = await lease.inspect.inspect(variant.path ?? variant.name);
      return writeShow(variant, header, body.verbose ?? false, lease.runtime.capabilities.images);
    });
  });
  server.post('/chat', async (request, reply) => {
    const isLoading = asksNothing('/api/chat', request.body);
    if (!isLoading && (await relay(context, 'ollama', request, reply))) return reply;
    const body = parseBody(chatRequest, request.body);
    if (!isLoading) return answerGeneration(context, chatCodec, body, request, reply);
    return answerLoading(context, body, request, reply, { message: { role: 'assistant', content: '' } });
  });
  server.post('/generate', async (request, reply) => {
    const isLoading = asksNothing('/api/generate', request.body);
    if (!isLoading && (await relay(context, 'ollama', request, reply))) return reply;
    const body = parseBody(generateRequest, request.body);
    if (!isLoading) return answerGeneration(context, generateCodec, body, request, reply);
    return answerLoading(context, body, request, reply, { response: '' });
  });
  server.post('/embed', async (request, reply) => {
    if (await relay(context, 'ollama', request, reply)) return reply;
    const body = parseBody(embedRequest, request.body);
    const startMs = context.nowMs();
    // A single empty text counts as none.
    const texts = body.input === '' ? [] : [body.input ?? []].flat();
    const embeddings = await embedTexts(context, modelOf(body), texts, request, reply);
    const took = texts.length === 0 ? {} : { total_duration: Math.round((context.nowMs() - startMs) * 1e6) };
    return { model: modelOf(body), embeddings, ...took };
  });
  server.post('/embeddings', async (request, reply) => {
    if (await relay(context, 'ollama', request, reply)) return reply;
    const body = parseBody(embedRequest, request.body);
    const [embedding = []] = await embedTexts(context, modelOf(body), [body.prompt ?? ''], request, reply);
    return { embedding };
  });
  server.post('/pull', async (request, reply) => {
    if (await relayAsItIs(context, 'ollama', request, reply)) return reply;
    const body = parseBody(transferRequest, request.body);
    const name = catalogueName(modelOf(body));
    return answerProgress(context, body.stream ?? true, reply, async ({ choose }, options) => {
      await choose.choose(name, { make: true, ...options });
    });
  });
  server.post('/create', async (request, reply) => {
    if (await relayAsItIs(context, 'ollama', request, reply)) return reply;
    const body = parseBody(createRequest, request.body);
    const { from, quantize } = body;
    const target = catalogueName(modelOf(body));
    const level = quantize === undefined ? null : parseLevel(quantize);
    if (from === undefined || quantize === undefined) {
      throw new CapabilityMissingError('Only levels of models that are here are created: send `from` and `quantize`.');
    }
    if (level === null) throw new InvalidInputError(`unsupported quantization type ${quantize}`);
    catalogueName(from);
    return answerProgress(context, body.stream ?? true, reply, async ({ quantization }, options) => {
      await quantization.quantize({ model: from, level, target }, options);
    });
  });
  addOllamasOwn(server, context);
}

/** What only a real Ollama has, and what is said where there is none. */
const OLLAMAS_OWN = [
  ['POST', '/push', 'Models are not published from here.'],
  ['POST', '/copy', 'A variant is named after its level here; copies would only hide it.'],
  ['DELETE', '/delete', 'Variants are files of their owner; delete the file.'],
  ['HEAD', '/blobs/*', 'Files are not uploaded here.'],
  ['POST', '/me', 'There are no accounts here.'],
  ['POST', '/signout', 'There are no accounts here.'],
] as const;

function addOllamasOwn(server: HttpServer, context: GatewayContext): void {
  for (const [method, url, message] of OLLAMAS_OWN) {
    server.route({
      method,
      url,
      handler: async (request, reply) => {
        if (await relayAsItIs(context, 'ollama', request, reply)) return reply;
        return reply.code(501).send(ollamaError(message));
      },
    });
  }
  // Files are passed on as they come, whatever their clients call them, and as large as they are.
  void server.register(async (blobs: HttpServer) => {
    blobs.removeAllContentTypeParsers();
    blobs.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    blobs.post('/blobs/*', { bodyLimit: Number.MAX_SAFE_INTEGER }, async (request, reply) => {
      if (await relayAsItIs(context, 'ollama', request, reply)) return reply;
      return reply.code(501).send(ollamaError('Files are not uploaded here; put them into the folder of models.'));
    });
  });
}

async function versionOf({ runtime }: BackendLease): Promise<string> {
  if (runtime.id !== 'ollama') return API_VERSION;
  return (await runtime.info()).version ?? API_VERSION;
}

/** A request without a prompt loads the model; one that keeps it for no time unloads it. */
async function answerLoading(
  context: GatewayContext,
  body: { readonly model?: string | undefined; readonly name?: string | undefined } & {
    readonly keep_alive?: number | string | null | undefined;
  },
  { headers }: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
  empty: object,
): Promise<FastifyReply> {
  const keepAlive = body.keep_alive == null ? undefined : keepAliveMs(body.keep_alive);
  const reason = await withBackend(context, async ({ runtime, choose }) => {
    const { model, level } = await askedModel(context, modelOf(body), headers, runtime);
    const chosen = await choose.choose(model, { make: keepAlive === 0 ? false : 'in-background', level });
    if (keepAlive !== 0) {
      await runtime.load(chosen.variant, { ...chosen.load, ...(keepAlive === undefined ? {} : { keepAlive }) });
      return 'load';
    }
    await runtime.unload(chosen.variant);
    return 'unload';
  });
  // One body of JSON even where a stream was asked for, as Ollama has it.
  return reply.send({
    model: modelOf(body),
    created_at: new Date(context.nowMs()).toISOString(),
    ...empty,
    done: true,
    done_reason: reason,
  });
}
