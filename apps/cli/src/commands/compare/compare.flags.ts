import type { KvCacheType, VariantLevel } from '@plimsoll/domain';
import type { BackendFlags } from '../define-command.js';

/** Flags of `plimsoll compare`. */
export interface CompareFlags extends BackendFlags {
  readonly levels?: readonly VariantLevel[];
  readonly kv?: readonly KvCacheType[];
  readonly iterations?: number;
  /** Tokens. */
  readonly depths?: readonly number[];
  readonly concurrency?: readonly number[];
  readonly make?: boolean;
  readonly prompt?: string;
  readonly maxTokens?: number;
  readonly text?: string;
  readonly window?: number;
  readonly quality: boolean;
  readonly tasks?: boolean;
  /** File or folder. */
  readonly prompts?: string;
  /** Shell command. */
  readonly grader?: string;
  readonly reference?: VariantLevel;
  readonly report?: string;
}
