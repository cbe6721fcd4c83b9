import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locatePeer } from '@plimsoll-tooling/peers';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { liveHost, removeTestModels } from '../../test/support/live-server.js';
import { record, type Exchange } from '../../test/support/recording.js';
import { BUILT, describeOllamaBuilder } from '../../test/support/variant-builder-spec.js';
import { OllamaApi, OllamaRuntime, OllamaVariantBuilder } from '../index.js';

const host = await liveHost();

if (host === null) {
  describe('variants made on a real Ollama server', () => {
    test.skip('skipped: no server answers at OLLAMA_HOST', () => expect(host).not.toBeNull());
  });
} else {
  /** Set to a path, the run is kept there as the recording that the unit test replays. */
  const keepAt = process.env['PLIMSOLL_RECORD_BUILDER'];

  describeOllamaBuilder(`Ollama at ${host}`, async () => {
    const api = new OllamaApi({ host });
    await removeTestModels(api, BUILT);
    const exchanges: Exchange[] = [];
    const proxy = keepAt === undefined ? null : await record(api.address, exchanges);
    return {
      host: proxy?.host ?? host,
      async dispose() {
        await proxy?.stop();
        const server = `Ollama ${await api.version()}`;
        await removeTestModels(api, BUILT);
        await api.close();
        if (keepAt !== undefined) writeFileSync(keepAt, `${JSON.stringify({ server, exchanges }, null, 1)}\n`);
      },
    };
  });

  const quantizer = locatePeer('llama-quantize');
  const reason = quantizer === null ? ' (skipped: npm run peers has not built llama-quantize)' : '';
  describe.skipIf(quantizer === null)(`a level that the server no longer makes${reason}`, () => {
    const name = 'plimsoll-test:imported-q6_K';
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-ollama-'));
    const path = join(folder, 'fable-q6_k.gguf');
    const api = new OllamaApi({ host });

    beforeAll(() => {
      execFileSync(quantizer ?? '', [sampleModelPath(), path, 'Q6_K', '1'], { stdio: 'ignore' });
    });
    afterAll(async () => {
      await removeTestModels(api, name);
      await api.close();
      rmSync(folder, { recursive: true });
    });

    test('is imported from a file quantized here, and runs', async () => {
      const built = await new OllamaVariantBuilder(api).build({ source: path, target: name, level: 'Q6_K' });
      expect(built.name).toBe(name);
      const runtime = new OllamaRuntime(api);
      expect((await runtime.find(name))?.level).toBe('Q6_K');
      let text = '';
      const input = { kind: 'prompt', prompt: 'Once upon', raw: true } as const;
      for await (const event of runtime.generate({ model: name, input, maxTokens: 8 })) {
        if (event.type === 'text') text += event.text;
      }
      expect(text.trim()).not.toBe('');
      await runtime.unload(name);
    });
  });
}
