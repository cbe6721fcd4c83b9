import type { Level } from '@plimsoll/domain';

/** The levels that `create` makes, as it wants them written. Source: Ollama 0.33 `fs/ggml/type.go`. */
export const CREATE_LEVELS: ReadonlyMap<Level, string> = new Map<Level, string>([
  ['F32', 'F32'],
  ['F16', 'F16'],
  ['BF16', 'BF16'],
  ['Q8_0', 'Q8_0'],
  ['Q4_K_M', 'Q4_K_M'],
  ['Q4_K_S', 'Q4_K_S'],
]);

/** The levels that `create` starts from. */
export const UNQUANTIZED_LEVELS: ReadonlySet<Level> = new Set<Level>(['F32', 'F16', 'BF16']);
