import type { Level } from '../quantization/level.js';
import { levelFromBits } from '../quantization/savings.js';
import { baseName } from '../quantization/variant-name.js';
import { isPlimsollError } from '../errors/plimsoll-error.js';
import type { ModelOverride, Settings } from '../settings/settings.js';

/**
 * The level at which `model` shall run by the settings, or null when quantization is off for it and the name is
 * taken as it is. What is set for the model wins over what is set for all; a level by name wins over bits.
 */
export function levelForModel(settings: Settings, model: string): Level | null {
  const override = overrideForModel(settings, model);
  if (!(override?.enabled ?? settings.quantizationEnabled)) return null;
  if (override?.level !== undefined) return override.level;
  if (override?.bits !== undefined) return levelFromBits(override.bits);
  return settings.quantizationLevel ?? levelFromBits(settings.quantizationBits);
}

/**
 * The settings of one model that differ from the general ones: those under its very name first, then those under its
 * name without level, then those under a pattern with `*`, the longest pattern first. Names match without case.
 */
export function overrideForModel(settings: Settings, model: string): ModelOverride | null {
  const entries = Object.entries(settings.modelOverrides).map(([key, value]) => [key.toLowerCase(), value] as const);
  for (const name of [model, withoutLevel(model)].map((text) => text.toLowerCase())) {
    const exact = entries.find(([key]) => key === name);
    if (exact !== undefined) return exact[1];
  }
  const patterns = entries.filter(([key]) => key.includes('*')).sort(([a], [b]) => b.length - a.length);
  return patterns.find(([pattern]) => matches(pattern, model.toLowerCase()))?.[1] ?? null;
}

/** Paths are no model names, and stand for themselves. */
function withoutLevel(model: string): string {
  try {
    return baseName(model);
  } catch (error) {
    if (isPlimsollError(error)) return model;
    throw error;
  }
}

/** Whether `text` is `pattern`, where each `*` stands for any characters. Linear, so that no pattern can hang it. */
function matches(pattern: string, text: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  if (!text.startsWith(head)) return false;
  let from = head.length;
  const tail = rest.pop() ?? '';
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return text.length - tail.length >= from && text.endsWith(tail);
}
