import { parseLevel } from '@plimsoll/domain';
import type { Level } from '@plimsoll/domain';

const SIZES: Readonly<Record<string, string>> = { small: '_S', medium: '_M', large: '_L' };

/**
 * The level behind llama.cpp's description of a file type (`llama_ftype_name` in `src/llama-model-loader.cpp`):
 * `Q4_K - Medium`, `IQ4_XS - 4.25 bpw`, `all F32`. Null when it is unknown or only guessed by the server.
 */
export function levelFromFileType(description: string): Level | null {
  const text = description.trim();
  if (text.startsWith('(guessed)')) return null;
  if (text === 'Q2_K - Medium') return 'Q2_K';
  if (text.startsWith('IQ3_S mix')) return 'IQ3_M';
  const [name = '', qualifier = ''] = text.replace(/^all /, '').split(' - ');
  return parseLevel(`${name.replace(' ', '_')}${SIZES[qualifier.toLowerCase()] ?? ''}`);
}
