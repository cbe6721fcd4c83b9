import { CapabilityMissingError, InvalidInputError } from '@plimsoll/domain';
import type { GenerateRequest } from '@plimsoll/domain';
import type { SessionRequest } from '../engine/protocol.js';
import { jsonGrammar } from './json-grammar.js';

/** Most alternatives per token that are reported. */
export const MAX_TOP_LOGPROBS = 100;

/** llama.cpp's own defaults (`common/common.h`). */
const DEFAULTS = { temperature: 0.8, topK: 40, topP: 0.95 } as const;

/**
 * Applies the defaults and refuses what the engine cannot do.
 * @throws InvalidInputError, CapabilityMissingError
 */
export function sessionRequest(request: GenerateRequest, randomSeed: () => number): SessionRequest {
  const { input } = request;
  const images = input.kind === 'prompt' ? input.images : input.messages.flatMap((message) => message.images ?? []);
  if (images !== undefined && images.length > 0) {
    throw new CapabilityMissingError('The embedded engine sees no images.', {
      hint: 'Use a vision model on Ollama.',
      remedies: [{ kind: 'use-backend', backend: 'ollama' }],
    });
  }
  checkNumber('temperature', request.temperature, 0, 100);
  checkNumber('topP', request.topP, 0, 1);
  checkNumber('topK', request.topK, 0, 1_000_000);
  checkNumber('maxTokens', request.maxTokens, 0, Number.MAX_SAFE_INTEGER);
  checkNumber('topLogprobs', request.topLogprobs, 0, MAX_TOP_LOGPROBS);
  return {
    input: sessionInput(input),
    temperature: request.temperature ?? DEFAULTS.temperature,
    topK: request.topK ?? DEFAULTS.topK,
    topP: request.topP ?? DEFAULTS.topP,
    seed: (request.seed ?? randomSeed()) >>> 0,
    maxTokens: request.maxTokens ?? null,
    stop: request.stop ?? [],
    grammar: request.format === undefined ? null : jsonGrammar(request.format),
    topLogprobs: request.topLogprobs ?? 0,
    think: request.think ?? null,
    reuse: request.seed === undefined,
  };
}

function sessionInput(input: GenerateRequest['input']): SessionRequest['input'] {
  if (input.kind === 'chat') {
    if (input.messages.length === 0) throw new InvalidInputError('The chat has no message.');
    return { kind: 'messages', messages: input.messages.map(({ role, content }) => ({ role, content })) };
  }
  if (input.suffix !== undefined) return { kind: 'between', prompt: input.prompt, suffix: input.suffix };
  if (input.raw === true) return { kind: 'raw', prompt: input.prompt };
  const system = input.system === undefined ? [] : [{ role: 'system', content: input.system }];
  return { kind: 'messages', messages: [...system, { role: 'user', content: input.prompt }] };
}

function checkNumber(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isFinite(value) && value >= least && value <= most)) return;
  throw new InvalidInputError(`${name} is ${value}; it must be between ${least} and ${most}.`);
}
