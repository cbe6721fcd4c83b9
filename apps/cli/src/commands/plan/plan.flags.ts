import type { FlashAttention, KvCacheType, Level, PlanGoal } from '@plimsoll/domain';
import type { RemoteFlags } from '@plimsoll/composition';
import type { BackendFlags } from '../define-command.js';

/** Flags of `plimsoll plan`. */
export interface PlanFlags extends BackendFlags, RemoteFlags {
  readonly vram?: number;
  readonly gpu?: string;
  readonly context?: number;
  readonly kv?: KvCacheType;
  readonly parallel?: number;
  readonly gpuLayers?: number;
  readonly level?: readonly Level[];
  readonly prefer?: PlanGoal;
  readonly flashAttention?: FlashAttention;
  readonly html?: string;
  readonly exact?: boolean;
}
