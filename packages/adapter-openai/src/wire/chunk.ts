import { z } from 'zod';
import { BackendFailedError } from '@plimsoll/domain';
import type { StopReason } from '@plimsoll/domain';
import { parseLogprobs } from './logprobs.js';
import type { ReportedLogprobs } from './logprobs.js';

/** Times and counts that llama-server adds; milliseconds and tokens. */
export interface ServerTimings {
  readonly cachedTokens: number | null;
  readonly processedTokens: number;
  readonly prefillMs: number;
  readonly generatedTokens: number;
  readonly decodeMs: number;
}

/** Token counts as every server reports them when asked. */
export interface Usage {
  readonly promptTokens: number;
  readonly cachedTokens: number | null;
  readonly generatedTokens: number;
}

/** One event of a streamed answer, chat or plain. */
export interface Chunk {
  readonly text: string;
  readonly thinking: string;
  readonly logprobs: ReportedLogprobs | null;
  readonly stopReason: StopReason | null;
  readonly usage: Usage | null;
  readonly timings: ServerTimings | null;
}

const choice = z.object({
  text: z.string().nullish(),
  delta: z
    .object({
      content: z.string().nullish(),
      reasoning_content: z.string().nullish(),
      reasoning: z.string().nullish(),
    })
    .nullish(),
  logprobs: z.unknown().optional(),
  finish_reason: z.string().nullish(),
});

const usage = z.object({
  prompt_tokens: z.number(),
  completion_tokens: z.number().default(0),
  prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish().catch(null),
});

const timings = z.object({
  cache_n: z.number().nullish(),
  prompt_n: z.number(),
  prompt_ms: z.number(),
  predicted_n: z.number(),
  predicted_ms: z.number(),
});

const chunk = z.object({
  choices: z.array(choice),
  usage: usage.nullish().catch(null),
  timings: timings.nullish().catch(null),
});

/** @throws BackendFailedError for something that is no chunk of an answer. */
export function parseChunk(value: unknown): Chunk {
  const parsed = chunk.safeParse(value);
  if (!parsed.success) {
    throw new BackendFailedError('The server sent an event that is not understood.', {
      cause: parsed.error,
      hint: 'Check that the base URL points to an OpenAI-compatible server.',
    });
  }
  const first = parsed.data.choices[0];
  return {
    text: first?.text ?? first?.delta?.content ?? '',
    thinking: first?.delta?.reasoning_content ?? first?.delta?.reasoning ?? '',
    logprobs: parseLogprobs(first?.logprobs),
    stopReason: stopReason(first?.finish_reason),
    usage: toUsage(parsed.data.usage),
    timings: toTimings(parsed.data.timings),
  };
}

function stopReason(reason: string | null | undefined): StopReason | null {
  if (reason === null || reason === undefined) return null;
  return reason === 'stop' || reason === 'length' ? reason : 'other';
}

function toUsage(told: z.infer<typeof usage> | null | undefined): Usage | null {
  return told
    ? {
        promptTokens: told.prompt_tokens,
        cachedTokens: told.prompt_tokens_details?.cached_tokens ?? null,
        generatedTokens: told.completion_tokens,
      }
    : null;
}

function toTimings(told: z.infer<typeof timings> | null | undefined): ServerTimings | null {
  return told
    ? {
        cachedTokens: told.cache_n ?? null,
        processedTokens: told.prompt_n,
        prefillMs: told.prompt_ms,
        generatedTokens: told.predicted_n,
        decodeMs: told.predicted_ms,
      }
    : null;
}
