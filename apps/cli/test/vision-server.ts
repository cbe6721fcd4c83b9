import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request for a rating held. */
export interface VisionRequest {
  readonly model: string;
  /** Base64 of JPEGs. */
  readonly images?: readonly string[];
  readonly format?: unknown;
  readonly prompt: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A server that speaks Ollama's API, with one model that sees. */
export interface VisionServer {
  readonly host: string;
  readonly requests: readonly VisionRequest[];
  close(): Promise<void>;
}

/** Starts one; `say` gives the text of each answer, or null to cut the connection. */
export async function startVisionServer(
  model: string,
  say: (request: VisionRequest, number: number) => string | null,
): Promise<VisionServer> {
  const requests: VisionRequest[] = [];
  const details = {
    format: 'gguf',
    family: 'llama',
    families: ['llama', 'clip'],
    parameter_size: '7B',
    quantization_level: 'Q4_0',
  };
  const listed = {
    name: model,
    model,
    modified_at: '2026-01-01T00:00:00Z',
    size: 4_733_363_377,
    digest: 'a'.repeat(64),
    details,
  };
  const answers: Readonly<Record<string, unknown>> = {
    '/api/version': { version: '0.9.0' },
    '/api/tags': { models: [listed] },
    '/api/ps': { models: [] },
    '/api/show': { details, model_info: {}, capabilities: ['completion', 'vision'] },
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    request.on('end', () => {
      const known = answers[request.url ?? ''];
      if (request.url === '/api/generate') {
        const asked = JSON.parse(text) as VisionRequest;
        requests.push(asked);
        const said = say(asked, requests.length - 1);
        if (said === null) {
          response.destroy();
          return;
        }
        const frame = { model: asked.model, created_at: '2026-01-01T00:00:00Z' };
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        // Token by token, as real servers send it.
        for (const piece of said.match(/.{1,7}/gs) ?? []) {
          response.write(`${JSON.stringify({ ...frame, response: piece, done: false })}\n`);
        }
        const times = { total_duration: 1.2e9, load_duration: 1e6, prompt_eval_count: 640, prompt_eval_duration: 8e8 };
        const last = {
          ...frame,
          response: '',
          done: true,
          done_reason: 'stop',
          ...times,
          eval_count: 60,
          eval_duration: 4e8,
        };
        response.end(`${JSON.stringify(last)}\n`);
        return;
      }
      response.writeHead(known === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(known ?? { error: 'not found' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
