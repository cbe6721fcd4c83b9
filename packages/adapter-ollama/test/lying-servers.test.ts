import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lyingServersContract } from '@plimsoll/testing';
import { drain } from '@plimsoll/transport';
import { OllamaApi, OllamaRegistry } from '../src/index.js';

const timeouts = { connectMs: 300, answerMs: 60, loadMs: 300, pauseMs: 300, buildPauseMs: 300 };

/** Asks the server, with a token as a proxy before it may want one. */
const asking =
  (ask: (api: OllamaApi) => Promise<unknown>) =>
  async (host: string, token: string): Promise<unknown> => {
    const api = new OllamaApi({ host, timeouts, headers: { authorization: `Bearer ${token}` } });
    try {
      return await ask(api);
    } finally {
      await api.close();
    }
  };

lyingServersContract('the list of an Ollama server', { ask: asking((api) => api.tags()) });
lyingServersContract('the description of a model by an Ollama server', {
  ask: asking((api) => api.show('tale:1b', true)),
});
lyingServersContract('an answer of an Ollama server', {
  ask: asking((api) => drain(api.generate({ model: 'tale:1b', prompt: 'Once' }, short()))),
});
lyingServersContract('a pull by an Ollama server', { ask: asking((api) => drain(api.pull('tale:1b', short()))) });

/** A stream may be as long as it likes; whoever has enough of it cancels. */
function short(): { readonly signal: AbortSignal } {
  return { signal: AbortSignal.timeout(1500) };
}

const settings = JSON.stringify({ file_type: 'Q8_0' });
const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const manifest = JSON.stringify({
  config: { digest: digestOf(settings), size: settings.length },
  layers: [{ digest: digestOf('model'), size: 5 }],
});

lyingServersContract('the registry of Ollama', {
  ask: (url) => new OllamaRegistry({ url, limitMs: 300 }).find('tale:1b'),
  nothing: 'unknown',
});

lyingServersContract('settings in the registry of Ollama', {
  ask: (url) => new OllamaRegistry({ url, limitMs: 300 }).find('tale:1b'),
  honest: (path) => (path.includes('/manifests/') ? manifest : null),
  nothing: 'unknown',
});

lyingServersContract('a file in the registry of Ollama', {
  async ask(url) {
    const folder = await mkdtemp(join(tmpdir(), 'plimsoll-lies-'));
    try {
      const file = { digest: digestOf('model'), sizeBytes: 5, path: join(folder, 'model.gguf') };
      await new OllamaRegistry({ url, limitMs: 50 }).download('tale:1b', file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});
