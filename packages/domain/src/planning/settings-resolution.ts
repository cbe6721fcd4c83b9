import type { KvCacheType } from '../quantization/kv-cache-type.js';
import type { LoraAdapter } from '../ports/load-options.js';
import type { VariantLevel } from '../quantization/variant-level.js';
import { levelFromBits } from '../quantization/savings.js';
import type { Bits, Settings } from '../settings/settings.js';
import { matchingKey } from './model-pattern.js';

/** What the settings want for one model. */
export interface ResolvedQuantization {
  /** False: the model is taken as it is named. */
  readonly enabled: boolean;
  /** The wanted level; null when quantization is off for the model. */
  readonly level: VariantLevel | null;
  /** Which setting decided. */
  readonly decidedBy: 'model-override' | 'level' | 'bits' | 'disabled';
  /** The key of `modelOverrides` that applies, or null. */
  readonly overrideKey: string | null;
  readonly keyCacheType: KvCacheType;
  readonly valueCacheType: KvCacheType;
  /** Wanted context, or null for the default. */
  readonly contextTokens: number | null;
  readonly adapters: readonly LoraAdapter[];
}

/** The settings that this decision rests on. */
export type QuantizationSettings = Pick<
  Settings,
  | 'quantizationEnabled'
  | 'quantizationBits'
  | 'quantizationLevel'
  | 'modelOverrides'
  | 'contextTokens'
  | 'keyCacheType'
  | 'valueCacheType'
>;

/**
 * What the settings want for `model`. A pure function of the settings at hand: switching them at run time needs no
 * more than asking again. An override's level wins over its bits, and both over the general level and bits; an
 * override can switch quantization off, or on for one model alone.
 */
export function resolveQuantization(settings: QuantizationSettings, model: string): ResolvedQuantization {
  const overrideKey = matchingKey(Object.keys(settings.modelOverrides), model);
  const override = overrideKey === null ? {} : (settings.modelOverrides[overrideKey] ?? {});
  const enabled = override.enabled ?? settings.quantizationEnabled;
  const overridden = override.level ?? (override.bits === undefined ? null : levelFromBits(override.bits));
  const level = overridden ?? settings.quantizationLevel ?? levelFromBits(settings.quantizationBits);
  const decidedBy = overridden !== null ? 'model-override' : settings.quantizationLevel === null ? 'bits' : 'level';
  return {
    enabled,
    level: enabled ? level : null,
    decidedBy: enabled ? decidedBy : 'disabled',
    overrideKey,
    keyCacheType: override.kvCacheType ?? settings.keyCacheType,
    valueCacheType: override.kvCacheType ?? settings.valueCacheType,
    contextTokens: override.contextTokens ?? settings.contextTokens,
    adapters: override.adapters ?? [],
  };
}

/** The founding `get_quantization_settings()`: what is switched on, and what it means. */
export interface QuantizationSummary {
  readonly enabled: boolean;
  readonly bits: Bits;
  /** The level that models get which no override speaks about. */
  readonly level: VariantLevel;
}

/** The general settings, without overrides. */
export function quantizationSummary(settings: QuantizationSettings): QuantizationSummary {
  return {
    enabled: settings.quantizationEnabled,
    bits: settings.quantizationBits,
    level: settings.quantizationLevel ?? levelFromBits(settings.quantizationBits),
  };
}
