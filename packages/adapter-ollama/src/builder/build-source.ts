import { access, constants } from 'node:fs/promises';
import {
  isPlimsollError,
  parseModelReference,
  statedLevel,
  type BuildRequest,
  type CallOptions,
  type InstalledVariant,
  type VariantLevel,
  type ModelInspector,
} from '@plimsoll/domain';
import type { ShowAnswer } from '@plimsoll/protocol/ollama';
import { modelParts, type Blob } from '../model/model-parts.js';
import type { OllamaApi } from '../ollama-api.js';

/** What a build starts from. */
export interface BuildSource {
  readonly kind: 'file' | 'installed' | 'absent';
  /** Null when it is not known. */
  readonly level: VariantLevel | null;
  /** The GGUF file, where this process can read it. */
  readonly path: string | null;
  /** The file as the server keeps it; null for a file of the user's. */
  readonly weights: Blob | null;
  /** What the server tells of the model; null for a file. */
  readonly shown: ShowAnswer | null;
}

/** Looks at the source: a file through the inspector, a name through the server. */
export async function buildSource(
  api: OllamaApi,
  files: ModelInspector | null,
  { source }: BuildRequest,
  installed: InstalledVariant | null,
  options: CallOptions,
): Promise<BuildSource> {
  const reference = parseModelReference(source);
  if (reference.kind === 'file') {
    const level = await fileLevel(files, reference.path, options);
    return { kind: 'file', level, path: reference.path, weights: null, shown: null };
  }
  if (installed === null) return { kind: 'absent', level: null, path: null, weights: null, shown: null };
  const shown = await api.show(installed.name, false, options).catch((error: unknown) => {
    if (isPlimsollError(error) && error.code === 'cancelled') throw error;
    return null;
  });
  const { weights } = modelParts(shown ?? {});
  const path = weights !== null && (await isReadable(weights.path)) ? weights.path : null;
  return { kind: 'installed', level: installed.level, path, weights, shown };
}

async function fileLevel(
  files: ModelInspector | null,
  path: string,
  options: CallOptions,
): Promise<VariantLevel | null> {
  const reference = { kind: 'file', path } as const;
  if (files?.supports(reference) !== true) return null;
  const { header } = await files.inspect(reference, options);
  return statedLevel(header);
}

/** The server may run on another machine, or as another user. */
async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}
