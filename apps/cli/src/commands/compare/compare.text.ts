import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ownCorpus, promptCorpus } from '@plimsoll/application';
import { cacheFolder, fileTextCache, type BackendUseCases } from '@plimsoll/composition';
import { InvalidInputError, StorageFailedError, type VariantLevel } from '@plimsoll/domain';
import type { CommandContext } from '../command-context.js';

/** How much a model writes for its own corpus: sixteen windows, but not more than a few minutes' work. */
const OWN_WINDOWS = 16;

/** What quality is measured on. */
export interface CompareTextRequest {
  readonly model: string;
  readonly reference: VariantLevel;
  readonly make: boolean;
  /** A file the user named. */
  readonly file: string | undefined;
  /** Prompts whose answers are the text; null for another one. */
  readonly prompts: readonly string[] | null;
  readonly windowTokens: number;
}

/**
 * The text: the user's file, the user's prompts with the reference level's answers, the sample model's own corpus, or
 * else one that the model writes at its reference level. What a model has written is kept for the next time.
 */
export async function compareText(
  context: CommandContext,
  use: BackendUseCases,
  request: CompareTextRequest,
  onProgress: (fraction: number) => void,
): Promise<string> {
  if (request.file !== undefined) return readText(request.file);
  const { prompts } = request;
  const { sampleCorpusPath, sampleModelPath } = await import('@plimsoll/sample-model');
  if (prompts === null && path.resolve(request.model) === sampleModelPath()) return readText(sampleCorpusPath());
  const { signal } = context;
  const reference = await (await use.ensure()).ensure(request.model, request.reference, { make: request.make, signal });
  const written = reference.digest ?? `${reference.name} ${reference.sizeBytes ?? 0}`;
  const runtime = await use.runtime();
  const cache = fileTextCache(path.join(cacheFolder(context.env), 'corpora'));
  if (prompts !== null) {
    const key = `${written} ${JSON.stringify(prompts)}`;
    return promptCorpus(runtime, cache, { variant: reference.name, key, prompts }, { signal, onProgress });
  }
  const key = `${written} ${request.windowTokens}`;
  return ownCorpus(
    runtime,
    cache,
    { variant: reference.name, key, tokens: OWN_WINDOWS * request.windowTokens },
    { signal, onProgress },
  );
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new InvalidInputError(`--text names ${file}, which does not exist.`, { cause });
    if (code === 'EISDIR') throw new InvalidInputError(`--text names ${file}, which is a folder.`, { cause });
    throw new StorageFailedError(`--text names ${file}, which cannot be read (${code ?? 'unknown reason'}).`, {
      cause,
    });
  }
}
