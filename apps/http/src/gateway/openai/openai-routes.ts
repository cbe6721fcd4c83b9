import { ModelNotFoundError } from '@plimsoll/domain';
import {
  chatCompletionCodec,
  chatCompletionRequest,
  completionCodec,
  completionRequest,
  embeddingsRequest,
  responsesCodec,
  responsesRequest,
} from '@plimsoll/protocol/openai';
import type { HttpServer } from '../../server/http-server.js';
import { answerGeneration } from '../answer-generation.js';
import { catalogueName } from '../catalogue-name.js';
import { embedTexts } from '../embed-texts.js';
import type { GatewayContext } from '../gateway-context.js';
import { answerErrors } from '../in-dialect.js';
import { allNamedModels } from '../named-models.js';
import type { NamedModel } from '../named-models.js';
import { parseBody } from '../parse-body.js';
import { addRerankRoutes } from '../rerank-routes.js';
import { relay } from '../relay.js';

/** What llama-server has without `/v1` as well. */
export function addUnversionedRoutes(server: HttpServer, context: GatewayContext): void {
  answerErrors(server, 'openai');
  addRerankRoutes(server, context);
}

/** `/v1`, as OpenAI's clients know it. */
export function addOpenAiRoutes(server: HttpServer, context: GatewayContext): void {
  answerErrors(server, 'openai');
  addRerankRoutes(server, context);
  server.post('/chat/completions', async (request, reply) => {
    if (await relay(context, 'openai', request, reply)) return reply;
    return answerGeneration(
      context,
      chatCompletionCodec,
      parseBody(chatCompletionRequest, request.body),
      request,
      reply,
    );
  });
  server.post('/completions', async (request, reply) => {
    if (await relay(context, 'openai', request, reply)) return reply;
    return answerGeneration(context, completionCodec, parseBody(completionRequest, request.body), request, reply);
  });
  server.post('/responses', async (request, reply) => {
    if (await relay(context, 'openai', request, reply)) return reply;
    return answerGeneration(context, responsesCodec, parseBody(responsesRequest, request.body), request, reply);
  });
  server.post('/embeddings', async (request, reply) => {
    if (await relay(context, 'openai', request, reply)) return reply;
    const { model, input, encoding_format: format } = parseBody(embeddingsRequest, request.body);
    const vectors = await embedTexts(context, model, [input].flat(), request, reply);
    const encode = format === 'base64' ? base64 : (vector: readonly number[]) => vector;
    return {
      object: 'list',
      data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: encode(vector) })),
      model,
      // The runtimes do not count the tokens of what they embed.
      usage: null,
    };
  });
  server.get('/models', async () => {
    const models = await allNamedModels(context);
    return { object: 'list', data: models.map(writeModel) };
  });
  server.get('/models/*', async (request) => {
    const { '*': name } = request.params as { '*': string };
    const models = await allNamedModels(context);
    const model = models.find((candidate) => candidate.name === catalogueName(name));
    if (model === undefined) throw new ModelNotFoundError(`model '${name}' not found`);
    return writeModel(model);
  });
}

const writeModel = ({ name, variant }: NamedModel): object => ({
  id: name,
  object: 'model',
  created: Math.floor((variant.modifiedAtMs ?? 0) / 1000),
  owned_by: 'plimsoll',
});

/** Little-endian 32-bit floats, as OpenAI's clients ask for by default. */
function base64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString('base64');
}
