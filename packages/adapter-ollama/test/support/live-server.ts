import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleModelPath } from '@plimsoll/sample-model';
import { OllamaApi, OllamaVariantBuilder } from '../../src/index.js';
import { embeddingModelFile } from './embedding-model.js';

/** Names the tests use on a real server; nobody else's. */
export const LIVE_MODEL = 'plimsoll-test:5m-fp16';
export const LIVE_EMBEDDING_MODEL = 'plimsoll-test:5m-embed';

/** Whether a server answers at `OLLAMA_HOST`. */
export async function liveHost(): Promise<string | null> {
  const host = process.env['OLLAMA_HOST'];
  if (host === undefined || host === '') return null;
  const api = new OllamaApi({ host, timeouts: { connectMs: 2_000, answerMs: 5_000 } });
  try {
    await api.version();
    return host;
  } catch {
    return null;
  } finally {
    await api.close();
  }
}

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

/** Removes the models of these tests whose names start so. */
export async function removeTestModels(api: OllamaApi, prefix: string): Promise<void> {
  for (const { name } of await api.tags()) {
    if (name.startsWith(prefix)) await api.delete(name);
  }
}
