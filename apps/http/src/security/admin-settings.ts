import { isDeepStrictEqual } from 'node:util';
import type { Settings, SettingsPatch } from '@plimsoll/domain';
import { refusal } from '../errors/error-body.js';
import { RefusedError } from '../errors/refused-error.js';

/** Where requests, keys and files go, and what is run: whoever changes these can read what others send, and write anywhere. */
const ADMIN_SETTINGS: readonly (keyof Settings)[] = [
  'ollamaHost',
  'ollamaHosts',
  'openaiBaseUrl',
  'openaiApiKey',
  'modelsFolder',
  'llamaServerPath',
  'llamaServerArguments',
  'storeFile',
  'http',
  'limits',
];

/**
 * Refuses a change of an address, a path or a key. What is given as it stands already is no change.
 * @throws RefusedError naming the settings
 */
export function assertChangeable(patch: SettingsPatch, current: Settings): void {
  const changed: string[] = ADMIN_SETTINGS.filter(
    (name) => patch[name] !== undefined && !isDeepStrictEqual(patch[name], current[name]),
  );
  if (patch.modelOverrides !== undefined && !keepsAdapters(patch.modelOverrides, current.modelOverrides)) {
    changed.push('adapters of modelOverrides');
  }
  if (changed.length === 0) return;
  throw new RefusedError(
    refusal(
      403,
      'forbidden',
      `Changing ${changed.join(', ')} needs the admin token: it decides where requests, keys and files go.`,
      'Change it in the configuration file at the machine, or send an admin token as "Authorization: Bearer …".',
    ),
  );
}

/** Whether no adapter, which is a file of this machine, comes to a model that has it not already. */
function keepsAdapters(wanted: Settings['modelOverrides'], current: Settings['modelOverrides']): boolean {
  return Object.entries(wanted).every(
    ([model, { adapters = [] }]) => adapters.length === 0 || isDeepStrictEqual(adapters, current[model]?.adapters),
  );
}
