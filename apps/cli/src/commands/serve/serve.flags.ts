import type { RemoteFlags } from '@plimsoll/composition';
import type { LogLevel } from '@plimsoll/http';
import type { GovernorMode } from '@plimsoll/domain';
import type { BackendFlags } from '../define-command.js';

/** Flags of `plimsoll serve`. */
export interface ServeFlags extends BackendFlags, RemoteFlags {
  readonly port?: number;
  /** True: where a moved Ollama is looked for by default. */
  readonly takeOver?: string | true;
  readonly log?: LogLevel;
  readonly governor?: GovernorMode | 'off';
}
