import { describeModelRuntimeContract } from '@plimsoll/testing';
import { describeEachVersion } from '../test/support/each-version.js';
import { LIVE_EMBEDDING_MODEL, LIVE_MODEL, importSampleModels } from '../test/support/live-server.js';
import { record, saveRecording, type Exchange } from '../test/support/recording.js';
import { OllamaApi, OllamaRuntime } from './index.js';

describeEachVersion('the runtime', (version, start) => {
  describeModelRuntimeContract(`a real Ollama ${version}`, async () => {
    const server = await start();
    const setUp = new OllamaApi({ host: server.host });
    await importSampleModels(setUp);
    await setUp.close();
    const exchanges: Exchange[] = [];
    const proxy = await record(server.host, exchanges);
    return {
      runtime: new OllamaRuntime(new OllamaApi({ host: proxy.host })),
      model: LIVE_MODEL,
      embeddingModel: LIVE_EMBEDDING_MODEL,
      async dispose() {
        await proxy.stop();
        await server.stop();
        await saveRecording('runtime-contract', version, exchanges);
      },
    };
  });
});
