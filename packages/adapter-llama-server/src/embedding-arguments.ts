import { metadataNumber } from '@plimsoll/domain';
import type { ModelInspector } from '@plimsoll/domain';

/**
 * The arguments of a llama-server that embeds. It pools as the model's file says; where that says nothing, by the mean,
 * as most embedding models are trained.
 */
export async function embeddingArguments(
  path: string,
  inspector: ModelInspector | undefined,
): Promise<readonly string[]> {
  // A file that cannot be read is the server's to refuse.
  const inspected = await inspector?.inspect({ kind: 'file', path }).catch(() => null);
  const header = inspected?.header;
  const named = header === undefined ? null : metadataNumber(header, `${header.architecture}.pooling_type`);
  return named !== null && named > 0 ? ['--embeddings'] : ['--embeddings', '--pooling', 'mean'];
}
