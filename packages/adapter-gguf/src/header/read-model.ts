import type { CallOptions, ModelHeader } from '@plimsoll/domain';
import type { ByteSource } from './byte-source.js';
import { mergeParts } from './merge-parts.js';
import { defaultLimits, readHeader, type HeaderLimits } from './read-header.js';

/**
 * Reads a model that lies in one or several files. `open` is called for one part at a time (0-based); what it
 * returns is closed before the next is opened.
 *
 * @throws InvalidModelFileError, CancelledError and whatever `open` throws.
 */
export async function readModel(
  parts: number,
  open: (index: number) => Promise<{ readonly source: ByteSource; close(): Promise<void> }>,
  options: CallOptions = {},
  limits: HeaderLimits = defaultLimits(),
): Promise<ModelHeader> {
  const headers: ModelHeader[] = [];
  const names: string[] = [];
  for (let index = 0; index < parts; index++) {
    const part = await open(index);
    try {
      headers.push(await readHeader(part.source, options, limits));
      names.push(part.source.name);
    } finally {
      await part.close();
    }
  }
  return mergeParts(headers, names);
}
