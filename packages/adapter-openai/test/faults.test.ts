import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { GenerateRequest } from '@plimsoll/domain';
import { OpenAiModelRuntime } from '../src/index.js';
import { collect } from './collect.js';
import { containing } from './matchers.js';
import { sendEvents, sendJson, startOpenAiServer } from './openai-server.js';
import type { OpenAiServer } from './openai-server.js';

const KEY = 'sk-secret-4711';
const request: GenerateRequest = { model: 'tale-1b', input: { kind: 'prompt', prompt: 'Once' }, maxTokens: 4 };

let server: OpenAiServer;
let runtime: OpenAiModelRuntime;

/** A client that waits so long for whatever is next. */
function waiting(ms: number): OpenAiModelRuntime {
  const timeouts = { connectMs: 2_000, firstByteMs: ms, idleMs: ms, shortCallMs: ms };
  return new OpenAiModelRuntime({ baseUrl: server.baseUrl, apiKey: KEY, timeouts });
}

beforeEach(async () => {
  server = await startOpenAiServer();
  runtime = waiting(10_000);
});
afterEach(async () => {
  await runtime.close();
  await server.close();
});

const failure = async (): Promise<unknown> => collect(runtime.generate(request)).catch((error: unknown) => error);

/** Answers every generation with a failure. */
const refuse = (status: number, body: unknown, headers = {}): void => {
  server.intercept = ({ method }, response) => method === 'POST' && sendJson(response, status, body, headers);
};

describe('refusals', () => {
  test.each([
    [
      'OpenAI',
      401,
      { error: { message: 'Invalid API Key', type: 'authentication_error', code: 401 } },
      'invalid-config',
    ],
    ['OpenAI', 429, { error: { message: 'Rate limit reached', type: 'requests', code: null } }, 'busy'],
    ['llama-server', 503, { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } }, 'busy'],
    [
      'llama-server',
      501,
      { error: { message: 'not here', type: 'not_supported_error', code: 501 } },
      'capability-missing',
    ],
    ['llama-server', 400, { error: { message: 'bad', type: 'invalid_request_error', code: 400 } }, 'invalid-input'],
    ['llama-server', 500, { error: { message: 'oops', type: 'server_error', code: 500 } }, 'backend-failed'],
    [
      'OpenAI',
      404,
      { error: { message: 'No.', type: 'invalid_request_error', code: 'model_not_found' } },
      'model-not-found',
    ],
    ['vLLM', 404, { message: 'The model `a` does not exist.', type: 'NotFoundError', code: 404 }, 'model-not-found'],
    ['FastAPI', 404, { detail: 'Not Found' }, 'backend-failed'],
    ['LM Studio', 400, { error: 'Model unloaded: CUDA out of memory' }, 'out-of-memory'],
    ['a proxy', 504, 'Gateway Time-out', 'timeout'],
  ])('%s: %i %j becomes %s', async (_server, status, body, code) => {
    refuse(status, body);
    expect(await failure()).toMatchObject({ code });
  });

  test('a loading model is told apart from a full queue', async () => {
    refuse(503, { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } });
    expect(String(await failure())).toContain('still loading');
  });

  test('Retry-After reaches the hint', async () => {
    refuse(429, { error: 'slow down' }, { 'retry-after': '7' });
    expect(await failure()).toMatchObject({ hint: 'Try again in 7 s.' });
  });

  test('the key is sent, but shown in no message, not even when the server quotes it', async () => {
    refuse(401, { error: { message: `Incorrect API key provided: ${KEY}.`, type: 'invalid_request_error' } });
    const error = await failure();
    expect(server.requests.at(-1)?.authorization).toBe(`Bearer ${KEY}`);
    expect(error).toMatchObject({ code: 'invalid-config' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(KEY);
  });

  test('an endless error page is not read to its end', async () => {
    server.intercept = ({ method }, response) => {
      if (method !== 'POST') return false;
      response.writeHead(500, { 'content-type': 'text/html' });
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
      return true;
    };
    expect(await failure()).toMatchObject({ code: 'backend-failed' });
    await vi.waitFor(() => expect(server.abandoned).toHaveLength(1));
  });
});

describe('broken connections', () => {
  test('nobody listens', async () => {
    await server.close();
    expect(await failure()).toMatchObject({
      code: 'backend-unreachable',
      hint: containing('llama-server'),
    });
  });

  test('a host that does not exist', async () => {
    const lost = new OpenAiModelRuntime({ baseUrl: 'http://no-such-host.invalid/v1' });
    await expect(lost.list()).rejects.toMatchObject({ code: 'backend-unreachable' });
    await lost.close();
  });

  test('a stream that is cut in the middle of an event', async () => {
    server.intercept = ({ method }, response) => {
      if (method !== 'POST') return false;
      sendEvents(response, { choices: [{ delta: { content: 'Once' } }] });
      response.write('data: {"choices":[{"del', () => response.destroy());
      return true;
    };
    expect(await failure()).toMatchObject({ code: 'backend-failed' });
  });

  test('a stream that ends politely, but without a reason', async () => {
    server.intercept = ({ method }, response) => {
      if (method !== 'POST') return false;
      sendEvents(response, { choices: [{ delta: { content: 'Once' } }] });
      response.end();
      return true;
    };
    expect(await failure()).toMatchObject({ code: 'backend-failed', message: containing('complete') });
  });

  test('an error inside a stream that had begun well', async () => {
    server.intercept = ({ method }, response) => {
      if (method !== 'POST') return false;
      sendEvents(response, { choices: [{ delta: { content: 'Once' } }] });
      sendEvents(response, { error: { message: 'Compute error.', type: 'server_error', code: 500 } });
      response.end();
      return true;
    };
    expect(await failure()).toMatchObject({
      code: 'backend-failed',
      message: containing('Compute error'),
    });
  });

  test.each(['not json', '{"choices":17}', '42'])('garbage in the stream: %s', async (garbage) => {
    server.intercept = ({ method }, response) => {
      if (method !== 'POST') return false;
      sendEvents(response, garbage);
      response.end();
      return true;
    };
    expect(await failure()).toMatchObject({ code: 'backend-failed', message: containing('understood') });
  });

  test.each(['<html>hello</html>', '{"models":[]}'])('a list of models that is none: %s', async (body) => {
    server.intercept = (_request, response) => {
      response.end(body);
      return true;
    };
    await expect(runtime.list()).rejects.toMatchObject({ code: 'backend-failed' });
  });

  test('an event without end is given up', async () => {
    server.intercept = ({ method }, response) => {
      if (method !== 'POST') return false;
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write('data: '.padEnd(65_536, 'x')));
      };
      response.on('drain', more);
      more();
      return true;
    };
    expect(await failure()).toMatchObject({ code: 'backend-failed', message: containing('without end') });
  });

  test('silence before the first byte, and in the middle', async () => {
    await runtime.close();
    runtime = waiting(300);
    server.intercept = ({ method }) => method === 'POST';
    expect(await failure()).toMatchObject({ code: 'timeout' });
    server.intercept = ({ method }, response) =>
      method === 'POST' && sendEvents(response, { choices: [{ delta: { content: 'Once' } }] });
    expect(await failure()).toMatchObject({ code: 'timeout' });
  });
});

describe('cancelling reaches the server', () => {
  test('before the first byte', async () => {
    const abort = new AbortController();
    server.intercept = ({ method }) => {
      if (method !== 'POST') return false;
      abort.abort();
      return true;
    };
    const work = collect(runtime.generate(request, { signal: abort.signal }));
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    await vi.waitFor(() => expect(server.abandoned).toHaveLength(1));
  });

  test('when the loop is left', async () => {
    server.intercept = ({ method }, response) =>
      method === 'POST' && sendEvents(response, { choices: [{ delta: { content: 'Once' } }] });
    for await (const event of runtime.generate(request)) {
      expect(event).toMatchObject({ type: 'text', text: 'Once' });
      break;
    }
    await vi.waitFor(() => expect(server.abandoned).toHaveLength(1));
  });
});
