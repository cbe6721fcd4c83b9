import type { RemoteFlags } from '@plimsoll/composition';
import type { LogLevel } from '@plimsoll/http';
import type { GovernorMode } from '@plimsoll/domain';
import type { BackendFlags } from '../define-command.js';

/** Flags of `plimsoll serve`. */
export interface ServeFlags extends BackendFlags, RemoteFlags {
  readonly port?: number;
  /** True: where a moved Ollama is looked for by default. */
  readonly takeOver?: string | true;
  /** Requests to one model that are answered at the same time. */
  readonly concurrent?: number;
  /** Requests to one model that wait; one more is refused. */
  readonly maxQueue?: number;
  /** Longest wait, in seconds. */
  readonly queueWait?: number;
  readonly log?: LogLevel;
  readonly governor?: GovernorMode | 'off';
}
