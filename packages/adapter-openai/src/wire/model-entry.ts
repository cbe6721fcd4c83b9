import type { ModelListAnswer } from '@plimsoll/protocol/openai';

/** One model as a server lists it. Null is unknown. */
export interface ModelEntry {
  readonly id: string;
  readonly ownedBy: string | null;
  /** Other names under which llama-server serves it. */
  readonly aliases: readonly string[];
  /** llama-server's description of the file type, such as `Q4_K - Medium`. */
  readonly fileType: string | null;
  readonly sizeBytes: number | null;
  readonly parameters: number | null;
  readonly contextTokens: number | null;
  readonly vocabularySize: number | null;
}

/** The models of a server's list. */
export function modelEntries({ data }: ModelListAnswer): readonly ModelEntry[] {
  return data.map(({ id, owned_by, aliases, meta, max_model_len }) => ({
    id,
    ownedBy: owned_by ?? null,
    aliases: aliases ?? [],
    fileType: meta?.ftype ?? null,
    sizeBytes: meta?.size ?? null,
    parameters: meta?.n_params ?? null,
    vocabularySize: meta?.n_vocab ?? null,
    contextTokens: meta?.n_ctx ?? max_model_len ?? null,
  }));
}

/** Whether a model goes by that name. */
export function isNamed(entry: ModelEntry, name: string): boolean {
  return entry.id === name || entry.aliases.includes(name);
}
