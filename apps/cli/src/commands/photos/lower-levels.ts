import { resolveQuantization, type VariantLevel, type Settings } from '@plimsoll/domain';
import type { PhotosFlags } from './photos.flags.js';

/** Levels to go down to when memory runs out between photos, best first. */
const LADDER: readonly VariantLevel[] = ['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'Q3_K_M', 'Q2_K'];

/** Those below the level that the flags, else the settings, ask for; none when no level is asked for. */
export function lowerLevels(
  { model, level }: Pick<PhotosFlags, 'model' | 'level'>,
  settings: Settings,
): readonly VariantLevel[] {
  const asked = level ?? (model === undefined ? null : resolveQuantization(settings, model).level);
  const place = asked === null ? -1 : LADDER.indexOf(asked);
  return place === -1 ? [] : LADDER.slice(place + 1);
}
