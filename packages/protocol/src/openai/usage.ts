import type { GenerationTimings } from '@plimsoll/domain';

/** Counts of tokens as OpenAI writes them; null when the backend did not count. */
export function writeUsage({ promptTokens, generatedTokens, cachedPromptTokens }: GenerationTimings): object | null {
  if (promptTokens === null || generatedTokens === null) return null;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: generatedTokens,
    total_tokens: promptTokens + generatedTokens,
    ...(cachedPromptTokens === null ? {} : { prompt_tokens_details: { cached_tokens: cachedPromptTokens } }),
  };
}
