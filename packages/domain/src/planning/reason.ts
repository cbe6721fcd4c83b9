import type { KvCacheType } from '../quantization/kv-cache-type.js';
import type { VariantLevel } from '../quantization/variant-level.js';
import type { Prediction } from '../prediction/prediction.js';
import type { QualityExpectation } from '../prediction/quality-prior.js';

/** Why a candidate is recommended, as data: front ends choose the words. */
export type PlanReason =
  | MemoryReason
  | { readonly kind: 'quality'; readonly level: VariantLevel; readonly quality: QualityExpectation }
  /** `slow`: slower than people read. */
  | { readonly kind: 'speed'; readonly decodeTokensPerSecond: Prediction; readonly slow: boolean }
  | PlacementReason
  /** The longest context at this level; `trained`: it is all that the model was trained for. */
  | { readonly kind: 'longest-context'; readonly contextTokens: number; readonly trained: boolean }
  | NextBetterReason;

interface Caches {
  readonly keyCacheType: KvCacheType;
  readonly valueCacheType: KvCacheType;
}

/** What the candidate takes, and how it lies in memory. */
export interface MemoryReason extends Caches {
  readonly kind: 'memory';
  readonly level: VariantLevel;
  readonly contextTokens: number;
  /** Whether it lies whole on the devices, or on the host where there is none. */
  readonly whole: boolean;
  readonly bytes: number;
  readonly where: 'device' | 'host';
  /** Null when the memory is not known. */
  readonly usableBytes: number | null;
  readonly marginBytes: number;
}

/** Where a partly offloaded model lies. */
export interface PlacementReason {
  readonly kind: 'placement';
  readonly gpuLayers: number;
  /** Layers that could be offloaded, the output layer among them. */
  readonly offloadableLayers: number;
  /** Repeating layers whose experts stay on the host, and how many there are; null for a model without experts. */
  readonly experts: { readonly onHost: number; readonly layers: number } | null;
  /** Whether GPU and processor share one memory. */
  readonly unified: boolean;
  readonly shortBytes: number;
}

/** What the next better level lacks and what makes up for it; of a split candidate it is that level itself. */
export interface NextBetterReason {
  readonly kind: 'next-better';
  readonly level: VariantLevel;
  readonly isChosenLevel: boolean;
  /** Whether a level between it and the chosen one fits whole. */
  readonly skipsFitting: boolean;
  readonly shortBytes: number;
  readonly remedies: readonly FitRemedy[];
}

/** One way to make a better level fit. */
export type FitRemedy =
  | { readonly kind: 'kv-cache'; readonly cacheType: KvCacheType }
  | { readonly kind: 'context'; readonly contextTokens: number }
  /** One sequence at a time. */
  | { readonly kind: 'parallel' }
  /** It is split; the speed is tokens per second, or null when unknown. */
  | {
      readonly kind: 'partial';
      readonly gpuLayers: number;
      readonly offloadableLayers: number;
      readonly expertsOnHost: boolean;
      readonly tokensPerSecond: number | null;
    }
  | { readonly kind: 'memory'; readonly bytes: number };

/** The size of a model, at Q4_K_M, that would run well on the machine: on its devices if it has any. */
export interface SuitableSize {
  readonly suitableParameters: number;
  readonly where: 'device' | 'host';
}

/** Even the best candidate is poor. */
export interface PlanCaution extends SuitableSize {
  readonly kind: 'model-too-large';
}

/** A demand that a candidate breaks. */
export type Violation = 'does-not-fit' | 'layers-on-host' | 'context-too-short' | 'too-slow' | 'too-lossy';

/** Why nothing is recommended. */
export type PlanObstacle =
  | { readonly kind: 'no-level' }
  /** The candidate that misses by least. */
  | (Caches & {
      readonly kind: 'nothing-fits';
      readonly level: VariantLevel;
      readonly contextTokens: number;
      readonly shortBytes: number;
      readonly suitable: SuitableSize;
    })
  /** `count` of the `fitting` candidates break this demand. */
  | { readonly kind: 'demand'; readonly violation: Violation; readonly count: number; readonly fitting: number };

/** What became of a model among several, or why they cannot all be resident. */
export type ResidentReason =
  | (Caches & {
      readonly kind: 'resident';
      readonly model: string;
      readonly level: VariantLevel;
      readonly bytes: number;
      /** Index of the device; null on the host. */
      readonly device: number | null;
      /** The level it gave up to make room; null when it has its best. */
      readonly steppedDownFrom: VariantLevel | null;
    })
  | {
      readonly kind: 'not-together';
      readonly smallest: readonly {
        readonly model: string;
        readonly level: VariantLevel | null;
        readonly bytes: number | null;
      }[];
      /** Null when there is enough in all, but not on any one device. */
      readonly shortBytes: number | null;
    };

/** Why the engine's answer to a candidate is not, or not quite, what was asked. */
export type ExactNote =
  /** The closed form stands in; `message` is the engine's. */
  | { readonly kind: 'closed-form'; readonly message: string }
  /** The same was asked with everything on the host. */
  | { readonly kind: 'asked-on-host'; readonly message: string };
