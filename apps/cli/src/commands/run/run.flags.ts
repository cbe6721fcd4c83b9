import type { CacheTypes, FlashAttention, LoraAdapter, VariantLevel, PlanGoal } from '@plimsoll/domain';
import type { BackendFlags } from '../define-command.js';

/** Flags of `plimsoll run`. */
export interface RunFlags extends BackendFlags {
  readonly level?: VariantLevel;
  readonly make: boolean;
  readonly strict?: boolean;
  readonly system?: string;
  readonly raw?: boolean;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly format?: string;
  readonly image?: readonly string[];
  readonly context?: number;
  readonly kv?: CacheTypes;
  readonly parallel?: number;
  readonly ubatch?: number;
  readonly flashAttention?: FlashAttention;
  readonly gpuLayers?: number;
  /** Layers whose experts stay in RAM. */
  readonly nCpuMoe?: number;
  readonly lora?: readonly LoraAdapter[];
  readonly prefer?: PlanGoal;
  /** Makes and fetches what is large without asking. */
  readonly yes?: boolean;
  readonly timings?: boolean;
}
