import { createHash } from 'node:crypto';
import { describeModelCatalogContract, describeModelInspectorContract } from '@plimsoll/testing';
import { HuggingFaceHub, OllamaLibrary } from '../src/index.js';
import { LOCAL, fakeDigest, largeModel, startRangeServer } from './support.js';

const model = largeModel();
const REPOSITORY = 'someone/Llama-3.1-8B-Instruct-GGUF';

/** A hub with one repository of one level. */
async function openHub() {
  const server = await startRangeServer();
  const file = 'Llama-3.1-8B-Instruct-Q4_K_M.gguf';
  const lfs = { oid: fakeDigest('a'), size: model.size, pointerSize: 134 };
  server.routes.set(`/api/models/${REPOSITORY}/tree/main?recursive=true`, {
    json: [{ type: 'file', oid: '0'.repeat(40), size: model.size, lfs, path: file }],
  });
  server.routes.set(`/${REPOSITORY}/resolve/main/${file}`, { file: model });
  return { server, hub: new HuggingFaceHub({ baseUrl: server.baseUrl, access: LOCAL, token: null }) };
}

/** A registry with one tag. */
async function openLibrary() {
  const server = await startRangeServer();
  const settings = { model_format: 'gguf', model_family: 'llama', model_type: '8.0B', file_type: 'Q4_K_M' };
  const config = `sha256:${createHash('sha256').update(JSON.stringify(settings)).digest('hex')}`;
  const weights = `sha256:${fakeDigest('b')}`;
  server.routes.set('/v2/library/llama3.1/manifests/8b', {
    json: {
      schemaVersion: 2,
      config: { mediaType: 'application/vnd.docker.container.image.v1+json', digest: config, size: 485 },
      layers: [{ mediaType: 'application/vnd.ollama.image.model', digest: weights, size: model.size }],
    },
  });
  server.routes.set(`/v2/library/llama3.1/blobs/${config}`, { json: settings });
  server.routes.set(`/v2/library/llama3.1/blobs/${weights}`, { file: model });
  return { server, library: new OllamaLibrary({ baseUrl: server.baseUrl, access: LOCAL }) };
}

describeModelInspectorContract('the Hugging Face hub', async () => {
  const { server, hub } = await openHub();
  return {
    inspector: hub,
    known: { kind: 'huggingface', repository: REPOSITORY, tag: null },
    unknown: { kind: 'huggingface', repository: 'someone/nothing-GGUF', tag: null },
    foreign: { kind: 'ollama-library', name: 'llama3.1:8b' },
    dispose: () => server.close(),
  };
});

describeModelCatalogContract('the Hugging Face hub', async () => {
  const { server, hub } = await openHub();
  const known = `hf.co/${REPOSITORY}`;
  // Models of others are none of its own, and of its own it is asked by those who name them.
  return { catalog: hub, known, unknown: 'llama3.1:8b', dispose: () => server.close() };
});

describeModelInspectorContract('the Ollama library', async () => {
  const { server, library } = await openLibrary();
  return {
    inspector: library,
    known: { kind: 'ollama-library', name: 'llama3.1:8b' },
    unknown: { kind: 'ollama-library', name: 'llama3.1:9b' },
    foreign: { kind: 'huggingface', repository: REPOSITORY, tag: null },
    dispose: () => server.close(),
  };
});

describeModelCatalogContract('the Ollama library', async () => {
  const { server, library } = await openLibrary();
  const names = { known: 'ollama:llama3.1:8b', unknown: 'ollama:llama3.1:9b' };
  return { catalog: library, ...names, dispose: () => server.close() };
});
