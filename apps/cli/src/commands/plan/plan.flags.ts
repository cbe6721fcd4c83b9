import type { CacheTypes, FlashAttention, VariantLevel, PlanGoal } from '@plimsoll/domain';
import type { RemoteFlags } from '@plimsoll/composition';
import type { BackendFlags } from '../define-command.js';
import type { PlanTarget } from './plan.targets.js';

/** Flags of `plimsoll plan`. */
export interface PlanFlags extends BackendFlags, RemoteFlags {
  readonly vram?: number;
  readonly gpu?: readonly string[];
  readonly ram?: number;
  /** Bytes per second. */
  readonly ramBandwidth?: number;
  readonly cpuThreads?: number;
  readonly context?: number;
  readonly kv?: CacheTypes;
  readonly parallel?: number;
  readonly ubatch?: number;
  readonly mmproj?: string;
  readonly draft?: string;
  readonly gpuLayers?: number;
  /** Layers whose experts stay in RAM. */
  readonly nCpuMoe?: number;
  readonly level?: readonly VariantLevel[];
  readonly prefer?: PlanGoal;
  readonly flashAttention?: FlashAttention;
  readonly html?: string;
  readonly as?: PlanTarget;
  readonly exact?: boolean;
}
