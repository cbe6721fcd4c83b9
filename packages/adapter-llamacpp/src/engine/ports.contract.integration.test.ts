import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FolderCatalog } from '@plimsoll/local-models';
import { sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';
import {
  describeFootprintOracleContract,
  describeLogitsSourceContract,
  describeModelCatalogContract,
  describeVariantBuilderContract,
} from '@plimsoll/testing';
import { temporaryFolder } from '../../test/support/settings.js';
import { LlamaCppVariantBuilder } from '../quantize/llama-cpp-variant-builder.js';
import { LlamaCppLogitsSource } from '../runtime/llama-cpp-logits-source.js';
import { LlamaCppFootprintOracle } from './llama-cpp-footprint-oracle.js';

describeFootprintOracleContract('the engine without allocating', async () => {
  const oracle = new LlamaCppFootprintOracle({ flavor: 'cpu' });
  const model = sampleModelPath();
  return { oracle, path: model, missing: `${model}.nothing`, dispose: () => oracle.close() };
});

describeLogitsSourceContract('the engine', async () => {
  const modelsFolder = await temporaryFolder();
  const source = new LlamaCppLogitsSource({ modelsFolder, engine: { flavor: 'cpu' } });
  const text = (await readFile(sampleCorpusPath(), 'utf8')).slice(0, 2000);
  return { source, model: sampleModelPath(), text, dispose: () => source.close() };
});

describeVariantBuilderContract('the quantizer', async () => {
  const modelsFolder = await temporaryFolder();
  const builder = new LlamaCppVariantBuilder({ modelsFolder });
  const catalog = new FolderCatalog({ modelsFolder });
  const made = ['contract-made', 'contract-dry', 'contract-cancelled', 'contract-missing'];
  return {
    builder,
    request: (target) => ({ source: sampleModelPath(), target, level: 'Q4_0' }),
    missing: { source: `${sampleModelPath()}.nothing`, target: 'contract-missing', level: 'Q4_0' },
    installed: async () =>
      (await Promise.all(made.map((name) => catalog.variants(name)))).flat().map(({ name }) => name),
    dispose: async () => {
      await builder.close();
      await rm(modelsFolder, { recursive: true, force: true });
    },
  };
});

describeModelCatalogContract('a folder of models', async () => {
  const modelsFolder = await temporaryFolder();
  await writeFile(path.join(modelsFolder, 'tale-Q4_K_M.gguf'), '');
  return {
    catalog: new FolderCatalog({ modelsFolder }),
    known: 'tale',
    unknown: 'nobody',
    dispose: () => rm(modelsFolder, { recursive: true, force: true }),
  };
});
