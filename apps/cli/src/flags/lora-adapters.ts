import { resolve } from 'node:path';
import { BOUNDS, InvalidInputError } from '@plimsoll/domain';
import type { LoraAdapter } from '@plimsoll/domain';

const [LEAST, MOST] = BOUNDS.adapterScale;

/** Reads adapters, one at a time: a file, or `FILE:SCALE` with how strongly it counts. */
export function loraAdapters(flag: string): (text: string, before?: readonly LoraAdapter[]) => readonly LoraAdapter[] {
  return (text, before = []) => {
    const [, file = '', scale = '1'] = /^(.+?)(?::(-?\d+(?:\.\d+)?))?$/.exec(text) ?? [];
    if (file !== '' && Number(scale) >= LEAST && Number(scale) <= MOST) {
      return [...before, { path: resolve(file), scale: Number(scale) }];
    }
    throw new InvalidInputError(
      `${flag} is "${text}", which is not a file, or a file and a scale of ${LEAST} to ${MOST}.`,
      {
        hint: `For example: ${flag} style.gguf, or ${flag} style.gguf:0.5`,
      },
    );
  };
}
