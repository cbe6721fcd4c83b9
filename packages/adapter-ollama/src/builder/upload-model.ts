import type { BuildOptions } from '@plimsoll/domain';
import type { OllamaApi } from '../ollama-api.js';
import { fileContent, fileDigest, modelFiles } from './model-files.js';

/**
 * Brings a GGUF file, or all parts of a split one, to the server, unless it holds them already. Gives the file
 * names with their digests, as `create` wants them.
 */
export async function uploadModel(
  api: OllamaApi,
  path: string,
  options: BuildOptions,
): Promise<Readonly<Record<string, string>>> {
  const { signal, onProgress } = options;
  const files = await modelFiles(path);
  const total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const phase = (name: string): ((bytes: number) => void) => {
    let completed = 0;
    return (bytes) => {
      completed += bytes;
      onProgress?.({ phase: name, completed, total, unit: 'bytes' });
    };
  };
  const hashed = phase('hashing');
  const uploaded = phase('uploading');
  const digests: Record<string, string> = {};
  for (const file of files) {
    const digest = await fileDigest(file.path, hashed, signal);
    if (await api.hasBlob(digest, { signal })) uploaded(file.sizeBytes);
    else await api.uploadBlob(digest, counted(fileContent(file.path, signal), uploaded), { signal });
    digests[file.name] = digest;
  }
  return digests;
}

async function* counted(
  content: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    yield chunk;
    onBytes(chunk.length);
  }
}
