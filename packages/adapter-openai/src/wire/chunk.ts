import { BackendFailedError } from '@plimsoll/domain';
import type { StopReason } from '@plimsoll/domain';
import { chunkAnswer, infillAnswer, type TimingsAnswer, type UsageAnswer } from '@plimsoll/protocol/openai';
import { reportedLogprobs } from './reported-logprobs.js';
import type { ReportedLogprobs } from './reported-logprobs.js';

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

/** @throws BackendFailedError for something that is no chunk of an answer. */
export function parseChunk(value: unknown): Chunk {
  const parsed = chunkAnswer.safeParse(value);
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
    logprobs: reportedLogprobs(first?.logprobs),
    stopReason: stopReason(first?.finish_reason),
    usage: toUsage(parsed.data.usage),
    timings: toTimings(parsed.data.timings),
  };
}

/** An event of llama-server's `/infill`, in words of its own. @throws BackendFailedError */
export function parseInfillChunk(value: unknown): Chunk {
  const parsed = infillAnswer.safeParse(value);
  if (!parsed.success) {
    throw new BackendFailedError('The server sent an event that is not understood.', { cause: parsed.error });
  }
  const { content, stop, stop_type: why, timings } = parsed.data;
  const ended = why === 'limit' ? 'length' : 'stop';
  return {
    ...{ text: content, thinking: '', logprobs: null, usage: null },
    stopReason: stop ? ended : null,
    timings: toTimings(timings),
  };
}

function stopReason(reason: string | null | undefined): StopReason | null {
  if (reason === null || reason === undefined) return null;
  return reason === 'stop' || reason === 'length' ? reason : 'other';
}

function toUsage(told: UsageAnswer | null | undefined): Usage | null {
  return told
    ? {
        promptTokens: told.prompt_tokens,
        cachedTokens: told.prompt_tokens_details?.cached_tokens ?? null,
        generatedTokens: told.completion_tokens,
      }
    : null;
}

function toTimings(told: TimingsAnswer | null | undefined): ServerTimings | null {
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
