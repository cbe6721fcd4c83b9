import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '@plimsoll/domain';
import { lines } from '@plimsoll/protocol';
import { HttpClient, undiciTransport, type HttpCall } from '@plimsoll/transport';
import { recording, replay } from '../../test/support/recording.js';
import { errorFromServer } from './server-failure.js';
import { parseLine } from './parse-line.js';
import { refusalError } from './refusal-error.js';

const recorded = recording('failures');

/** What a recorded failure means here. */
const MEANING: Readonly<Record<string, ErrorCode>> = {
  'unknown model': 'model-not-found',
  'unknown model, chat': 'model-not-found',
  'unknown model, show': 'model-not-found',
  'unknown model, copy': 'model-not-found',
  'unknown model, delete': 'model-not-found',
  'bad name': 'invalid-input',
  'bad name, create': 'invalid-input',
  'bad name, copy': 'invalid-input',
  'no body': 'backend-failed',
  'level that create does not make': 'unsupported-level',
  'source already quantized': 'unsupported-level',
  'blob that is not there': 'backend-failed',
  'registry out of reach': 'backend-failed',
  'file that is no GGUF': 'storage-failed',
  '21 alternatives': 'invalid-input',
  'unknown format': 'invalid-input',
  'images for a text model': 'capability-missing',
  thinking: 'capability-missing',
  'raw with a system prompt': 'invalid-input',
  'embedding with a model for text': 'capability-missing',
  'no such endpoint': 'backend-failed',
  'import of a file that is no GGUF': 'invalid-model-file',
  'import of a truncated file': 'invalid-model-file',
  'text longer than the context': 'invalid-input',
  'runner killed while it answers': 'backend-failed',
  'registry without the model': 'model-not-found',
  'model file damaged on disk': 'invalid-model-file',
  'queue full': 'busy',
  'architecture that the runner does not know': 'unsupported-model',
};

describe(`failures recorded from ${recorded.server}`, () => {
  test.each(recorded.exchanges)('$about', async (exchange) => {
    const server = await replay({ ...recorded, exchanges: [exchange] });
    const http = new HttpClient({
      address: server.host,
      transport: undiciTransport({ connectMs: 1_000 }),
      name: 'Ollama',
      startHint: '',
      refused: (refusal, asked) => refusalError(refusal, asked, server.host),
    });
    const body = exchange.body as Record<string, unknown> | null;
    const call: HttpCall = {
      method: exchange.method,
      path: exchange.path,
      task: 'do something',
      model: 'a-model',
      limitMs: 5_000,
      ...(body === null ? {} : { body }),
    };
    const readAll = async (): Promise<void> => {
      for await (const line of lines(http.chunks(call))) parseLine(line, call);
    };
    const failure = await readAll().catch((error: unknown) => error as { code: string; cause: unknown });
    expect(failure).toMatchObject({ code: MEANING[exchange.about ?? ''] });
    await http.close();
    await server.stop();
  });
});

// Texts that cannot be provoked at will, from Ollama 0.33: server/routes.go, server/sched.go, llm/llama_server.go.
describe('failures known from the source of the server', () => {
  test.each<[number | null, string, ErrorCode]>([
    [499, 'request canceled', 'cancelled'],
    [503, 'server busy, please try again.  maximum pending requests exceeded', 'busy'],
    [500, 'llama-server process has terminated: exit status 1', 'backend-failed'],
    [500, 'llama-server process has terminated: signal: killed', 'out-of-memory'],
    [500, 'llama-server reported out-of-memory during startup: cudaMalloc failed: out of memory', 'out-of-memory'],
    [
      500,
      'llama-server process has terminated: ggml_backend_cuda_buffer_type_alloc_buffer: allocating 9000.00 MiB on device 0: cudaMalloc failed',
      'out-of-memory',
    ],
    [
      null,
      'model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, check ollama server logs for details',
      'backend-failed',
    ],
    [401, 'unauthorized', 'backend-failed'],
    [500, 'write /models/blobs/sha256-1: no space left on device', 'storage-failed'],
    [404, 'model "a" not found, try pulling it first', 'model-not-found'],
    [500, 'something nobody thought of', 'backend-failed'],
  ])('%s %s', (status, message, code) => {
    const error = errorFromServer({ status, message, model: 'a-model' });
    expect(error.code).toBe(code);
    expect((error.cause as Error).message).toContain(message);
  });

  test('tells the way out', () => {
    const missing = errorFromServer({ status: 404, message: "model 'fox:1' not found", model: 'fox:1' });
    expect(missing.hint).toBe('ollama pull fox:1');
  });
});
