import { metadataNumber } from '@plimsoll/domain';
import type { ModelInspector } from '@plimsoll/domain';

/** Such texts are computed in one piece, so a physical batch has to hold the longest: 512 tokens by default. */
const IN_ONE_PIECE = ['--batch-size', '2048', '--ubatch-size', '2048'];

/** The arguments of a llama-server that ranks documents. */
export const RANKING_ARGUMENTS: readonly string[] = ['--reranking', ...IN_ONE_PIECE];

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
  const pooling = named !== null && named > 0 ? [] : ['--pooling', 'mean'];
  return ['--embeddings', ...pooling, ...IN_ONE_PIECE];
}
