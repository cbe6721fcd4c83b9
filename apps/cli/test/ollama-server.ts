import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that speaks as much of Ollama's API as a comparison asks for; it tells no log-probabilities. */
export interface OllamaServer {
  readonly host: string;
  /** Paths of generations that were asked for. */
  readonly generated: string[];
  close(): Promise<void>;
}

/** Starts one with these models, each with its level. */
export async function startOllamaServer(models: Readonly<Record<string, string>>): Promise<OllamaServer> {
  const generated: string[] = [];
  const details = (level: string): object => ({
    ...{ format: 'gguf', family: 'llama', families: ['llama'], parameter_size: '1B', quantization_level: level },
  });
  const listed = Object.entries(models).map(([name, level], index) => ({
    ...{ name, model: name, modified_at: '2026-01-01T00:00:00Z', size: 1000 - index * 100 },
    ...{ digest: `${index}`.repeat(64), details: details(level) },
  }));
  const answers: Readonly<Record<string, (body: { readonly model?: string; readonly name?: string }) => unknown>> = {
    '/api/version': () => ({ version: '0.9.0' }),
    '/api/tags': () => ({ models: listed }),
    '/api/ps': () => ({ models: [] }),
    '/api/show': ({ model = '' }) => ({ details: details(models[model] ?? 'F16'), model_info: {}, capabilities: [] }),
    '/api/generate': ({ model = '' }) => ({
      ...{ model, created_at: '2026-01-01T00:00:00Z', response: 'Aye.', done: true, done_reason: 'stop' },
      ...{ total_duration: 5e7, load_duration: 1e6, prompt_eval_count: 10, prompt_eval_duration: 1e7 },
      ...{ eval_count: 8, eval_duration: 4e7 },
    }),
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    request.on('end', () => {
      const url = request.url ?? '';
      if (url === '/api/generate') generated.push(text);
      const answer = answers[url]?.(text === '' ? {} : (JSON.parse(text) as { model?: string }));
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify(answer ?? { error: 'not found' })}\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    generated,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
