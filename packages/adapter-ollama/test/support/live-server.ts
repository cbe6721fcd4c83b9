import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleModelPath } from '@plimsoll/sample-model';
import { OllamaVariantBuilder, type OllamaApi } from '../../src/index.js';
import { embeddingModelFile } from './embedding-model.js';

/** Names the tests use on a real server. */
export const LIVE_MODEL = 'plimsoll-test:5m-fp16';
export const LIVE_EMBEDDING_MODEL = 'plimsoll-test:5m-embed';

/** Puts the sample model and its embedding twin on the server. */
export async function importSampleModels(api: OllamaApi): Promise<void> {
  const builder = new OllamaVariantBuilder(api);
  await builder.build({ source: sampleModelPath(), target: LIVE_MODEL, level: 'F16' });
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-ollama-'));
  try {
    const path = join(folder, 'embed.gguf');
    await writeFile(path, embeddingModelFile());
    await builder.build({ source: path, target: LIVE_EMBEDDING_MODEL, level: 'F16' });
  } finally {
    await rm(folder, { recursive: true });
  }
}
