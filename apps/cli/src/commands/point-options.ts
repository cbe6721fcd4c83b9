import { BOUNDS, KV_CACHE_TYPES } from '@plimsoll/domain';
import { Option } from 'commander';
import { cacheTypes, tokenCount, wholeNumber } from '../flags/values.js';
import { choiceOption } from './define-command.js';

/** `--context`. */
export function contextOption(description = 'context length, such as 8192 or 8k'): Option {
  return new Option('--context <tokens>', description).argParser(tokenCount('--context', ...BOUNDS.contextTokens));
}

/** `--kv`. */
export function cacheOption(description = 'type of the KV cache; q8_0/q4_0 sets keys and values apart'): Option {
  return choiceOption('--kv <type>', description, KV_CACHE_TYPES).argParser(cacheTypes('--kv'));
}

/** Every part of an operating point beside the level, for commands that choose one. */
export function pointOptions(): readonly Option[] {
  const count = (name: string, unit: string, description: string, bounds: readonly [number, number]): Option =>
    new Option(`${name} <${unit}>`, description).argParser(wholeNumber(name, ...bounds));
  return [
    contextOption(),
    cacheOption(),
    count('--parallel', 'count', 'sequences to serve at once', BOUNDS.parallel),
    count('--ubatch', 'tokens', 'prompt tokens computed at once; 512 by default', BOUNDS.microBatchTokens),
    choiceOption('--flash-attention <mode>', 'flash attention', ['on', 'off', 'auto']),
    count('--gpu-layers', 'count', 'layers on the device; all that fit by default', BOUNDS.gpuLayers),
    count('--n-cpu-moe', 'layers', 'layers whose experts stay in RAM; as few as needed by default', BOUNDS.gpuLayers),
    choiceOption('--prefer <goal>', 'what counts more in the choice', ['balanced', 'quality', 'speed']),
  ];
}
