import {
  BackendFailedError,
  InvalidInputError,
  type CallOptions,
  type GenerateEvent,
  type GenerateRequest,
  type StopReason,
} from '@plimsoll/domain';
import type { OllamaApi } from '../ollama-api.js';
import type { GenerateAnswer } from '@plimsoll/protocol/ollama';
import { keepAliveField } from './keep-alive.js';
import { optionFields } from './request-options.js';
import { textEvents } from './text-events.js';

/** Alternatives per token that Ollama gives at most. */
export const MAX_TOP_LOGPROBS = 20;

const NANOSECONDS_PER_MS = 1_000_000;

/** Streams an answer of Ollama's as the port's events. */
export async function* generateEvents(
  api: OllamaApi,
  request: GenerateRequest,
  options: CallOptions,
): AsyncGenerator<GenerateEvent, void, void> {
  const startMs = api.monotonicMs();
  let firstTokenMs: number | null = null;
  for await (const answer of ask(api, request, options)) {
    for (const event of textEvents(answer)) {
      firstTokenMs ??= api.monotonicMs() - startMs;
      yield event;
    }
    if (answer.done === true) {
      yield doneEvent(answer, firstTokenMs, api.monotonicMs() - startMs);
      return;
    }
  }
  throw new BackendFailedError(`Ollama ended its answer with ${request.model} before it was done.`, {
    hint: 'Look at the log of the Ollama server; the model runner may have been stopped.',
  });
}

function ask(api: OllamaApi, request: GenerateRequest, options: CallOptions): AsyncIterable<GenerateAnswer> {
  const { input, model, format, think, topLogprobs } = request;
  if (topLogprobs !== undefined && (topLogprobs < 0 || topLogprobs > MAX_TOP_LOGPROBS)) {
    throw new InvalidInputError(`${topLogprobs} alternatives per token are asked for; Ollama gives 0 to 20.`);
  }
  const common = {
    model,
    options: optionFields(request),
    ...keepAliveField(request.load?.keepAlive),
    ...(format === undefined ? {} : { format }),
    ...(think === undefined ? {} : { think }),
    ...(topLogprobs === undefined ? {} : { logprobs: true, top_logprobs: topLogprobs }),
  };
  if (input.kind === 'chat') {
    const messages = input.messages.map(({ role, content, images }) => ({
      role,
      content,
      ...(images === undefined ? {} : { images: [...images] }),
    }));
    return api.chat({ ...common, messages }, options);
  }
  const { prompt, system, images, raw, suffix } = input;
  return api.generate(
    {
      ...common,
      prompt,
      ...(system === undefined ? {} : { system }),
      ...(images === undefined ? {} : { images: [...images] }),
      ...(raw === undefined ? {} : { raw }),
      ...(suffix === undefined ? {} : { suffix }),
    },
    options,
  );
}

function doneEvent(answer: GenerateAnswer, firstTokenMs: number | null, totalMs: number): GenerateEvent {
  return {
    type: 'done',
    stopReason: stopReason(answer.done_reason),
    timings: {
      promptTokens: answer.prompt_eval_count ?? null,
      // Ollama counts cached prompt tokens among the others and does not tell them apart.
      cachedPromptTokens: null,
      generatedTokens: answer.eval_count ?? null,
      loadMs: milliseconds(answer.load_duration),
      prefillMs: milliseconds(answer.prompt_eval_duration),
      decodeMs: milliseconds(answer.eval_duration),
      firstTokenMs,
      totalMs,
    },
  };
}

function milliseconds(nanoseconds: number | null | undefined): number | null {
  return nanoseconds === null || nanoseconds === undefined ? null : nanoseconds / NANOSECONDS_PER_MS;
}

function stopReason(reason: string | null | undefined): StopReason {
  return reason === 'stop' || reason === 'length' ? reason : 'other';
}
