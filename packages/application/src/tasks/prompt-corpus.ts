import type { CallOptions, ModelRuntime } from '@plimsoll/domain';
import type { TextCache } from '../comparison/own-corpus.js';

/** Which prompts a model answers. */
export interface PromptCorpusRequest {
  /** The reference level's variant. */
  readonly variant: string;
  /** What the text is kept under: tells variant and prompts apart. */
  readonly key: string;
  readonly prompts: readonly string[];
}

const MAX_TOKENS = 256;

/**
 * A text of the user's own prompts, each followed by the reference level's answer to it (temperature 0, with the
 * model's chat template): what quality is measured on when prompts come without expected answers. Every level is then
 * made to read this one text, so that all are held against the same words. The prompts are part of the text; the
 * template's own marks are not.
 */
export async function promptCorpus(
  runtime: ModelRuntime,
  cache: TextCache,
  { variant, key, prompts }: PromptCorpusRequest,
  options?: CallOptions & { readonly onProgress?: ((fraction: number) => void) | undefined },
): Promise<string> {
  const kept = await cache.read(key);
  if (kept !== null) return kept;
  const pieces: string[] = [];
  for (const [index, prompt] of prompts.entries()) {
    const events = runtime.generate(
      {
        model: variant,
        input: { kind: 'prompt', prompt },
        temperature: 0,
        seed: 1,
        maxTokens: MAX_TOKENS,
        think: false,
      },
      options,
    );
    let answer = '';
    for await (const event of events) if (event.type === 'text' && event.thinking !== true) answer += event.text;
    pieces.push(`${prompt}\n\n${answer.trim()}`);
    options?.onProgress?.((index + 1) / prompts.length);
  }
  const text = pieces.join('\n\n');
  await cache.write(key, text);
  return text;
}
