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

/** Since this release `create` refuses to quantize GGUF models. Source: `validateCreateOptions` in `server/create.go`. */
const LAST_MINOR_THAT_QUANTIZES = 33;

/**
 * Whether a server of that version quantizes GGUF models itself. One that tells no release (`0.0.0`, a build of one's
 * own) may: it is asked, and its refusal is understood.
 */
export function mayQuantize(version: string | null): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)\./.exec(version ?? '') ?? [];
  return major === undefined || (major === '0' && Number(minor) <= LAST_MINOR_THAT_QUANTIZES);
}
