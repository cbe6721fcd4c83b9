import { stat } from 'node:fs/promises';
import path from 'node:path';
import { importedName, type BackendUseCases } from '@plimsoll/composition';
import { InvalidInputError, parseModelReference, variantFileName, type VariantLevel } from '@plimsoll/domain';
import { checkWritable } from '../../output/write-file.js';

/** What `--out` is about. */
export interface TargetRequest {
  readonly model: string;
  readonly level: VariantLevel;
  /** As the user wrote it. */
  readonly out: string;
  /** Whether a file may be overwritten. */
  readonly force: boolean;
}

/**
 * Where the embedded engine writes: a folder gets the file by its usual name, a file is taken as it is named, and a
 * word without a folder or an extension is a name in the models folder.
 * @throws InvalidInputError for a file that is there, unless it is a regular one and `force` is set; as checkWritable
 */
export async function targetFile({ model, level, out, force }: TargetRequest): Promise<string> {
  const isFolder = /[\\/]$/.test(out) || ((await stat(out).catch(() => null))?.isDirectory() ?? false);
  const isName =
    !isFolder && !/[\\/]/.test(out) && path.extname(out) === '' && parseModelReference(out).kind !== 'file';
  if (isName) return out;
  const usual = `${path.basename(variantFileName(model, level).replaceAll(':', '-'), '.gguf')}.gguf`;
  const file = path.resolve(isFolder ? path.join(out, usual) : out);
  await checkWritable('--out', file);
  const there = await stat(file).catch(() => null);
  if (there === null) return file;
  if (!there.isFile()) {
    throw new InvalidInputError(`--out names ${file}, which is not a regular file.`, { hint: 'Name a file.' });
  }
  if (force) return file;
  throw new InvalidInputError(`--out names ${file}, which exists.`, {
    hint: 'Overwrite it with --force, or name another file.',
  });
}

/** The tag that a file gets on a server that has tags; undefined where the backend's own naming holds. */
export function importTarget(use: BackendUseCases, model: string, level: VariantLevel): string | undefined {
  const isImport = use.backend.variantNames === 'tag' && parseModelReference(model).kind === 'file';
  return isImport ? importedName(model, level, use.settings.naming) : undefined;
}
