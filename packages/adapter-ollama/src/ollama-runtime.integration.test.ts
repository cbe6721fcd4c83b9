import { writeFileSync } from 'node:fs';
import { describeModelRuntimeContract } from '@plimsoll/testing';
import { describe, expect, test } from 'vitest';
import {
  LIVE_EMBEDDING_MODEL,
  LIVE_MODEL,
  importSampleModels,
  liveHost,
  removeTestModels,
} from '../test/support/live-server.js';
import { record, type Exchange } from '../test/support/recording.js';
import { OllamaApi, OllamaRuntime } from './index.js';

const host = await liveHost();

if (host === null) {
  describe('a real Ollama server', () => {
    test.skip('skipped: no server answers at OLLAMA_HOST', () => expect(host).not.toBeNull());
  });
} else {
  /** Set to a path, the run is kept there as the recording that the contract test replays. */
  const keepAt = process.env['PLIMSOLL_RECORD'];

  describeModelRuntimeContract(`Ollama at ${host}`, async () => {
    const setUp = new OllamaApi({ host });
    await importSampleModels(setUp);
    const exchanges: Exchange[] = [];
    const proxy = keepAt === undefined ? null : await record(setUp.address, exchanges);
    const runtime = new OllamaRuntime(new OllamaApi({ host: proxy?.host ?? host }));
    return {
      runtime,
      model: LIVE_MODEL,
      embeddingModel: LIVE_EMBEDDING_MODEL,
      async dispose() {
        await proxy?.stop();
        const server = `Ollama ${await setUp.version()}`;
        await removeTestModels(setUp, 'plimsoll-test:5m');
        await setUp.close();
        if (keepAt !== undefined) writeFileSync(keepAt, `${JSON.stringify({ server, exchanges }, null, 1)}\n`);
      },
    };
  });
}
