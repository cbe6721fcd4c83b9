import { describeEachVersion } from '../../test/support/each-version.js';
import { record, isRecording, saveRecording, type Exchange } from '../../test/support/recording.js';
import { describeOllamaBuilder } from '../../test/support/variant-builder-spec.js';
import { mayQuantize } from './create-levels.js';

describeEachVersion('variants', (version, start) => {
  // A recording is replayed where the files that it names are not.
  const traits = { quantizes: mayQuantize(version), isHere: !isRecording };
  describeOllamaBuilder(`a real Ollama ${version}`, traits, async () => {
    const server = await start();
    const exchanges: Exchange[] = [];
    const proxy = await record(server.host, exchanges);
    return {
      host: proxy.host,
      async dispose() {
        await proxy.stop();
        await server.stop();
        await saveRecording('variant-builder', version, exchanges);
      },
    };
  });
});
