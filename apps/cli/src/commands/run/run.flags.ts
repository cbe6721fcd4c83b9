import type { KvCacheType, Level } from '@plimsoll/domain';
import type { BackendFlags } from '../define-command.js';

/** Flags of `plimsoll run`. */
export interface RunFlags extends BackendFlags {
  readonly level?: Level;
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
  readonly kv?: KvCacheType;
  readonly gpuLayers?: number;
  readonly timings?: boolean;
}
