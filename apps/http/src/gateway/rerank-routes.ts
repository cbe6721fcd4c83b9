import { demandReranking, rerankDocuments } from '@plimsoll/application';
import type { Ranking } from '@plimsoll/application';
import { rerankRequest } from '@plimsoll/protocol/openai';
import type { RerankRequest } from '@plimsoll/protocol/openai';
import type { HttpServer } from '../server/http-server.js';
import type { GatewayContext } from './gateway-context.js';
import { onVariant } from './on-variant.js';
import { parseBody } from './parse-body.js';

/** llama-server's names for it; clients of Jina and Cohere know the first. */
const PATHS = ['/rerank', '/reranking'];

/** Ranking documents by a query, as Jina's and Cohere's clients know it and llama-server answers. */
export function addRerankRoutes(server: HttpServer, context: GatewayContext): void {
  for (const path of PATHS) {
    server.post(path, async (request, reply) => {
      const body = parseBody(rerankRequest, request.body);
      const documents = body.documents.map((document) => (typeof document === 'string' ? document : document.text));
      const asked = { name: body.model, request, reply, demand: demandReranking };
      const ranking = await onVariant(context, asked, (runtime, variant, signal) =>
        rerankDocuments(runtime, variant, { query: body.query, documents, topN: body.top_n ?? undefined }, { signal }),
      );
      return writeRanking(body, documents, ranking);
    });
  }
}

function writeRanking(
  { model, return_documents: whole }: RerankRequest,
  documents: readonly string[],
  { results, promptTokens }: Ranking,
): object {
  return {
    model,
    object: 'list',
    usage: promptTokens === null ? null : { prompt_tokens: promptTokens, total_tokens: promptTokens },
    results: results.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(whole === true ? { document: { text: documents[index] } } : {}),
    })),
  };
}
