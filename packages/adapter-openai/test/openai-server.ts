import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server saw it. */
interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

/** What a test does with one request instead of the usual answer. Returning false leaves it to the usual one. */
type Interception = (request: SeenRequest, response: ServerResponse) => boolean | undefined;

/** A server of the test, on a free loopback port. */
export interface OpenAiServer {
  readonly baseUrl: string;
  readonly requests: SeenRequest[];
  intercept: Interception | null;
  /** Requests whose connection the client closed before the answer was complete. */
  readonly abandoned: SeenRequest[];
  close(): Promise<void>;
}

const WORDS =
  ' a fox who lived under a hill and knew every path of the wood by its smell alone in the long winter night'
    .split(/(?= )/)
    .filter((word) => word !== '');

/** Starts a small OpenAI-compatible server that tells one sentence, word by word. */
export async function startOpenAiServer(model = 'tale-1b'): Promise<OpenAiServer> {
  const requests: SeenRequest[] = [];
  const abandoned: SeenRequest[] = [];
  const state: { intercept: Interception | null } = { intercept: null };
  const server = createServer((request, response) => {
    void (async () => {
      const seen = await read(request);
      requests.push(seen);
      response.on('close', () => {
        if (!response.writableFinished) abandoned.push(seen);
      });
      if (state.intercept?.(seen, response) !== true) await answer(model, seen, response);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    abandoned,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): true {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  return true;
}

/** Answers with the start of an event stream. */
export function sendEvents(response: ServerResponse, ...events: readonly unknown[]): true {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) {
    response.write(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`);
  }
  return true;
}

async function read(request: IncomingMessage): Promise<SeenRequest> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    authorization: request.headers.authorization,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

async function answer(model: string, request: SeenRequest, response: ServerResponse): Promise<void> {
  switch (`${request.method} ${request.url}`) {
    case 'GET /v1/models':
      sendJson(response, 200, { object: 'list', data: [{ id: model, object: 'model', owned_by: 'test' }] });
      return;
    case 'POST /v1/embeddings': {
      const data = (request.body['input'] as string[]).map((text, index) => ({ index, embedding: [text.length, 1] }));
      sendJson(response, 200, { object: 'list', data: data.reverse() });
      return;
    }
    case 'POST /v1/completions':
    case 'POST /v1/chat/completions':
      await tell(request, response);
      return;
    default:
      sendJson(response, 404, { error: { message: 'File Not Found', type: 'not_found_error', code: 404 } });
  }
}

async function tell({ url, body }: SeenRequest, response: ServerResponse): Promise<void> {
  const chat = url.includes('chat');
  // With a schema it knows one answer, as one token.
  const words = body['response_format'] === undefined ? WORDS : ['{"found": true}'];
  const limit = words === WORDS ? Number(body['max_tokens'] ?? WORDS.length) : words.length;
  const stops = (body['stop'] as string[] | undefined) ?? [];
  const alternatives = Number(chat ? (body['top_logprobs'] ?? 0) : (body['logprobs'] ?? 0));
  let written = '';
  let reason = words === WORDS ? 'length' : 'stop';
  let tokens = 0;
  while (tokens < limit && !response.destroyed) {
    const word = words[tokens % words.length] ?? '';
    tokens += 1;
    const stop = stops.map((text) => (written + word).indexOf(text)).find((at) => at >= 0);
    const text = stop === undefined ? word : word.slice(0, Math.max(0, stop - written.length));
    written += text;
    const top = [word, ...WORDS].slice(0, alternatives).map((token, rank) => ({ token, logprob: -0.1 - rank }));
    const logprobs = alternatives === 0 ? null : { content: [{ token: word, logprob: -0.1, top_logprobs: top }] };
    sendEvents(response, { choices: [{ logprobs, ...(chat ? { delta: { content: text } } : { text }) }] });
    if (stop !== undefined) {
      reason = 'stop';
      break;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  sendEvents(
    response,
    { choices: [{ finish_reason: reason, ...(chat ? { delta: {} } : { text: '' }) }] },
    { choices: [], usage: { prompt_tokens: 7, completion_tokens: tokens } },
    '[DONE]',
  );
  response.end();
}
