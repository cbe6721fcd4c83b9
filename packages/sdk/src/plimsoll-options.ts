import type { SettingFlags } from '@plimsoll/adapter-config';
import type { GovernorOptions } from '@plimsoll/composition';
import type { GpuProbe, HostProbe } from '@plimsoll/domain';

/** How the client is set up. */
export interface PlimsollOptions {
  /** A config.json; found in the usual places when absent. */
  readonly configFile?: string | undefined;
  /** Settings that win over the file and the environment, such as `{ backend: 'ollama' }`. */
  readonly settings?: SettingFlags | undefined;
  /** How memory is governed while models answer; without it each model is loaded as it was chosen, and stays. */
  readonly governor?: GovernorOptions | undefined;
  /** Where memory and heat are read; the machine's own probes when absent. */
  readonly probes?: { readonly gpu?: GpuProbe | undefined; readonly host?: HostProbe | undefined } | undefined;
  /** Whether `setQuantization` is written to the file; by default it holds for this client alone. */
  readonly persist?: boolean | undefined;
  /** Hears of what goes wrong beside an answer, such as a call that could not be recorded. */
  readonly warn?: ((message: string) => void) | undefined;
}
