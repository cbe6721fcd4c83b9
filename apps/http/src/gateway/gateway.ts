import type { HttpServer } from '../server/http-server.js';
import { isLocalPage } from '../security/local-pages.js';
import { addAnthropicRoutes } from './anthropic/anthropic-routes.js';
import type { GatewayContext } from './gateway-context.js';
import { isGatewayUrl } from './gateway-url.js';
import { addOllamaRoutes } from './ollama/ollama-routes.js';
import { addOpenAiRoutes, addUnversionedRoutes } from './openai/openai-routes.js';

/** The APIs that clients know already: Ollama's, OpenAI's and Anthropic's, each with its own words for failures. */
export async function addGateway(server: HttpServer, context: GatewayContext): Promise<void> {
  addPreflight(server);
  const dialects = [
    ['/api', addOllamaRoutes],
    ['/v1', addOpenAiRoutes],
    ['', addUnversionedRoutes],
    ['/v1', addAnthropicRoutes],
  ] as const;
  for (const [prefix, addRoutes] of dialects) {
    await server.register(
      async (dialect: HttpServer) => {
        dialect.addHook('onRoute', (route) => {
          // The answers are other APIs'; ours alone is described.
          route.schema = { ...route.schema, hide: true };
          route.config = { ...route.config, mostBytes: () => context.limits.now.bodyBytes };
        });
        addRoutes(dialect, context);
      },
      { prefix },
    );
  }
}

/** Answers what browsers ask before they let a page ask; the headers of the answer itself are set where it came in. */
function addPreflight(server: HttpServer): void {
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (request.method !== 'OPTIONS' || origin === undefined || !isGatewayUrl(request.url) || !isLocalPage(origin)) {
      done();
      return;
    }
    void reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS',
        'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
        'access-control-max-age': '43200',
      })
      .send();
  });
}
