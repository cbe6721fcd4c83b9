import type { ChosenVariant } from '@plimsoll/application';
import type { GenerateEvent } from '@plimsoll/domain';
import type { RunDocument } from '../schemas/run.schema.js';

type Done = Extract<GenerateEvent, { readonly type: 'done' }>;

/** The JSON document of a complete answer. */
export function runDocument(
  model: string,
  { variant: name, level, reason, made }: ChosenVariant,
  text: string,
  thinking: string,
  { stopReason, timings }: Done,
): RunDocument {
  const { promptTokens, cachedPromptTokens, generatedTokens, loadMs, prefillMs, decodeMs, firstTokenMs, totalMs } =
    timings;
  return {
    schema: 'plimsoll.run/1',
    model,
    variant: { name, level, reason, made },
    text,
    thinking: thinking === '' ? null : thinking,
    stopReason,
    timings: {
      promptTokens,
      cachedPromptTokens,
      generatedTokens,
      loadMs,
      prefillMs,
      decodeMs,
      firstTokenMs,
      totalMs,
    },
  };
}
