import { describeModelRuntimeContract } from '@plimsoll/testing';
import type { ModelRuntimeSubject } from '@plimsoll/testing';
import { LIVE_EMBEDDING_MODEL, LIVE_MODEL } from '../test/support/live-server.js';
import { recordings, replay } from '../test/support/recording.js';
import { OllamaApi, OllamaRuntime } from './index.js';

for (const recorded of recordings('runtime-contract')) {
  const skipLive = 'the recording holds single requests';
  const create = async (): Promise<ModelRuntimeSubject> => {
    const server = await replay(recorded);
    return {
      runtime: new OllamaRuntime(new OllamaApi({ host: server.host })),
      model: LIVE_MODEL,
      embeddingModel: LIVE_EMBEDDING_MODEL,
      dispose: () => server.stop(),
    };
  };
  describeModelRuntimeContract(`recorded answers of ${recorded.server}`, create, { skipLive });
}
