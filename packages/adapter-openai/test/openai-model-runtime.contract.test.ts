import { describeModelRuntimeContract } from '@plimsoll/testing';
import { OpenAiModelRuntime } from '../src/index.js';
import { startOpenAiServer } from './openai-server.js';

describeModelRuntimeContract('OpenAI-compatible server', async () => {
  const server = await startOpenAiServer();
  return { runtime: new OpenAiModelRuntime({ baseUrl: server.baseUrl }), model: 'tale-1b', dispose: server.close };
});

describeModelRuntimeContract('OpenAI-compatible server without embeddings and log-probabilities', async () => {
  const server = await startOpenAiServer();
  const capabilities = { embeddings: false, topLogprobs: 0 };
  return {
    runtime: new OpenAiModelRuntime({ baseUrl: server.baseUrl, capabilities }),
    model: 'tale-1b',
    dispose: server.close,
  };
});
