import { describeModelCatalogContract } from '@plimsoll/testing';
import { OpenAiModelCatalog, OpenAiModelRuntime } from '../src/index.js';
import { startOpenAiServer } from './openai-server.js';

describeModelCatalogContract('the models that a server serves', async () => {
  const server = await startOpenAiServer();
  const runtime = new OpenAiModelRuntime({ baseUrl: server.baseUrl });
  return {
    catalog: new OpenAiModelCatalog(runtime),
    known: 'tale-1b',
    unknown: 'nobody-1b',
    dispose: async () => {
      await runtime.close();
      await server.close();
    },
  };
});
