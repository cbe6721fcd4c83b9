import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { sampleModelPath } from '@plimsoll/sample-model';
import {
  describeModelCatalogContract,
  describeModelInspectorContract,
  describeVariantBuilderContract,
} from '@plimsoll/testing';
import { afterAll, beforeAll } from 'vitest';
import { describeEachVersion } from '../test/support/each-version.js';
import { LIVE_MODEL, importSampleModels } from '../test/support/live-server.js';
import { OllamaApi, OllamaCatalog, OllamaInspector, OllamaVariantBuilder } from './index.js';

describeEachVersion('the other ports', (version, start) => {
  const name = `a real Ollama ${version}`;
  let server: Awaited<ReturnType<typeof start>>;
  let api: OllamaApi;
  beforeAll(async () => {
    server = await start();
    api = new OllamaApi({ host: server.host });
    await importSampleModels(api);
  });
  afterAll(async () => {
    await api.close();
    await server.stop();
  });

  describeModelCatalogContract(name, async () => ({
    catalog: new OllamaCatalog(api),
    known: LIVE_MODEL,
    unknown: 'no-such-model:5m',
    isCancellable: true,
  }));

  describeModelInspectorContract(name, async () => ({
    inspector: new OllamaInspector(api, new FileModelInspector()),
    known: { kind: 'name', name: LIVE_MODEL },
    unknown: { kind: 'name', name: 'no-such-model:5m' },
    foreign: { kind: 'file', path: sampleModelPath() },
  }));

  describeVariantBuilderContract(name, async () => {
    const builder = new OllamaVariantBuilder(api);
    const request = (target: string) => ({ source: sampleModelPath(), target: `${target}:5m`, level: 'F16' }) as const;
    return {
      builder,
      request,
      missing: { ...request('contract-missing'), source: './no-such.gguf' },
      installed: async () => (await api.tags()).map((model) => model.name),
      dispose: () => builder.close(),
    };
  });
});
