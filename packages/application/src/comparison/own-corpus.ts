import type { CallOptions, ModelRuntime } from '@plimsoll/domain';

/** Keeps texts by key. */
export interface TextCache {
  read(key: string): Promise<string | null>;
  write(key: string, text: string): Promise<void>;
}

/** Which model writes, and how much. */
export interface OwnCorpusRequest {
  /** The reference level's variant. */
  readonly variant: string;
  /** What the text is kept under: the variant's digest, or its name and size when it has none. */
  readonly key: string;
  /** About so many tokens are written. */
  readonly tokens: number;
}

/** Tokens written in one go; longer texts of small models tend to go in circles. */
const TOKENS_PER_PIECE = 200;

/** Beginnings that lead a model into different kinds of text. */
const BEGINNINGS: readonly string[] = [
  'The history of',
  'Dear friend,',
  'Chapter 1\n\n',
  'In this article we',
  '"Where have you been?" she',
  'The following function',
  'According to the report,',
  'Ingredients:\n',
];

/**
 * A text that the model itself writes at its reference level: what the quality of its other levels is measured on
 * when the user brings no text. Divergences between levels are what such a text is for; its perplexity is low,
 * because the model wrote it. The seeds are fixed, and the text is kept, so that later comparisons use the same one.
 */
export async function ownCorpus(
  runtime: ModelRuntime,
  cache: TextCache,
  request: OwnCorpusRequest,
  options?: CallOptions & { readonly onProgress?: ((fraction: number) => void) | undefined },
): Promise<string> {
  const kept = await cache.read(request.key);
  if (kept !== null) return kept;
  const pieces: string[] = [];
  for (let written = 0, seed = 1; written < request.tokens; written += TOKENS_PER_PIECE, seed += 1) {
    const beginning = BEGINNINGS[seed % BEGINNINGS.length] ?? '';
    const events = runtime.generate(
      {
        model: request.variant,
        input: { kind: 'prompt', prompt: beginning, raw: true },
        temperature: 0.85,
        seed,
        maxTokens: TOKENS_PER_PIECE,
      },
      options,
    );
    let piece = beginning;
    for await (const event of events) if (event.type === 'text') piece += event.text;
    pieces.push(piece);
    options?.onProgress?.(Math.min(1, (written + TOKENS_PER_PIECE) / request.tokens));
  }
  const text = pieces.join('\n\n');
  await cache.write(request.key, text);
  return text;
}
