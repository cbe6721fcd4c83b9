import { createHash } from 'node:crypto';
import type { RemoteAccess } from '@plimsoll/transport';
import { lyingServersContract } from '@plimsoll/testing';
import { HuggingFaceHub, OllamaLibrary } from '../src/index.js';

/** The hub's own address may be private here, as in a company; no other one may. */
const access: RemoteAccess = {
  allowHttp: true,
  allowPrivateAddresses: ['127.0.0.1'],
  idleTimeoutMs: 500,
  requestTimeoutMs: 500,
};

const hub = (baseUrl: string, token: string): HuggingFaceHub => new HuggingFaceHub({ baseUrl, token, access });
const library = (baseUrl: string): OllamaLibrary => new OllamaLibrary({ baseUrl, access });

const TREE = '/api/models/a/b/tree/main?recursive=true';
const tree = JSON.stringify([{ type: 'file', path: 'm-Q4_K_M.gguf', size: 9000 }]);

lyingServersContract('the list of a Hugging Face repository', {
  ask: (baseUrl, token) => hub(baseUrl, token).inspect({ kind: 'huggingface', repository: 'a/b', tag: null }),
});

lyingServersContract('a file of a Hugging Face repository', {
  ask: (baseUrl, token) => hub(baseUrl, token).inspect({ kind: 'huggingface', repository: 'a/b', tag: null }),
  honest: (path) => (path === TREE ? tree : null),
});

const digest = `sha256:${createHash('sha256').update('settings').digest('hex')}`;
const manifest = JSON.stringify({
  config: { digest },
  layers: [{ mediaType: 'application/vnd.ollama.image.model', digest, size: 9000 }],
});

lyingServersContract('a manifest of the Ollama library', {
  ask: (baseUrl) => library(baseUrl).inspect({ kind: 'ollama-library', name: 'tale:1b' }),
});

lyingServersContract('a file of the Ollama library', {
  ask: (baseUrl) => library(baseUrl).inspect({ kind: 'ollama-library', name: 'tale:1b' }),
  honest: (path) => (path.includes('/manifests/') ? manifest : null),
});

lyingServersContract('the settings of a model of the Ollama library', {
  ask: (baseUrl) => library(baseUrl).variants('ollama:tale:1b'),
  honest: (path) => (path.includes('/manifests/') ? manifest : null),
});
