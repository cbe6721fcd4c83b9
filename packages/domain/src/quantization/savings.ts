import type { Bits } from '../settings/settings.js';
import type { Level } from './level.js';

const LEVEL_BY_BITS: Readonly<Record<Bits, Level>> = { 4: 'Q4_K_M', 8: 'Q8_0', 16: 'F16' };

/** The level that a coarse setting stands for: 4 → Q4_K_M, 8 → Q8_0, 16 → F16. */
export function levelFromBits(bits: Bits): Level {
  return LEVEL_BY_BITS[bits];
}

/** The rule of thumb: the share of 16-bit weights that is saved, 0.5 for 8 bits and 0.75 for 4. It is no measurement. */
export function nominalSaving(bits: Bits): number {
  return 1 - bits / 16;
}

/** Saved share of `referenceBytes`, at most 1; negative when the variant is larger; null without a reference. */
export function computedSaving(bytes: number, referenceBytes: number): number | null {
  return referenceBytes > 0 ? 1 - bytes / referenceBytes : null;
}
