import { BackendFailedError } from '@plimsoll/domain';
import { countTokensRequest, messagesCodec, messagesRequest, readConversation } from '@plimsoll/protocol/anthropic';
import type { HttpServer } from '../../server/http-server.js';
import { answerGeneration } from '../answer-generation.js';
import { askedModel } from '../asked-model.js';
import { withBackend } from '../gateway-context.js';
import type { GatewayContext } from '../gateway-context.js';
import { answerErrors } from '../in-dialect.js';
import { parseBody } from '../parse-body.js';
import { relay } from '../relay.js';

/** `/v1/messages`, as Anthropic's clients know it. */
export function addAnthropicRoutes(server: HttpServer, context: GatewayContext): void {
  answerErrors(server, 'anthropic');
  server.post('/messages', async (request, reply) => {
    if (await relay(context, 'anthropic', request, reply)) return reply;
    return answerGeneration(context, messagesCodec, parseBody(messagesRequest, request.body), request, reply);
  });
  // No backend counts on request: the prompt is read, one token written, and the count comes from the timings.
  server.post('/messages/count_tokens', async (request, reply) => {
    const asked = readConversation(parseBody(countTokensRequest, request.body));
    const { signal, done } = context.running.begin(reply);
    try {
      return await withBackend(context, async ({ generation, runtime }) => {
        const { model, level } = await askedModel(context, asked.model, request.headers, runtime);
        const events = generation.generate(
          { ...asked, model, maxTokens: 1, temperature: 0 },
          { make: 'in-background', level, signal },
        );
        for await (const event of events) {
          if (event.type !== 'done') continue;
          const { promptTokens } = event.timings;
          if (promptTokens !== null) return { input_tokens: promptTokens };
        }
        throw new BackendFailedError('The backend did not count the tokens.');
      });
    } finally {
      done();
    }
  });
}
