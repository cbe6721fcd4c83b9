import { InvalidConfigError } from '@plimsoll/domain';
import type { LoadedSettings, SettingOrigin, Settings } from '@plimsoll/domain';
import { defaultSettings } from './defaults.js';
import { placeOfFile } from './fields/file-place.js';
import { nestSettings, settingOf } from './fields/flat-settings.js';
import { SETTING_FIELDS, fieldsWith } from './fields/setting-fields.js';
import type { ConfigSurroundings } from './files/config-path.js';
import { parseConfigText } from './files/read-config.js';
import { invalidConfig } from './layers/describe-problem.js';
import { documentLayer, misspeltKeys } from './layers/document-layer.js';
import { environmentLayer, misspeltVariables } from './layers/environment-layer.js';
import { flagLayer } from './layers/flag-layer.js';
import type { SettingFlags } from './layers/flag-layer.js';
import { mergeLayers } from './layers/layer.js';
import { activeProfile } from './layers/profile.js';

/** Everything around the file that decides what holds. */
export interface ConfigContext extends ConfigSurroundings {
  readonly flags: SettingFlags;
  /** Refuse to load when the file is missing; else the defaults hold. */
  readonly requireFile: boolean;
  /** Ids of the backends that there are; any is taken when absent. */
  readonly backends?: readonly string[] | undefined;
}

/**
 * What holds when the file at `path` has that text; null when there is no file.
 * @throws InvalidConfigError naming the path of every wrong value.
 */
export function interpretConfig(path: string, text: string | null, context: ConfigContext): LoadedSettings {
  const { environment, flags, homeFolder, workingFolder, requireFile } = context;
  if (text === null && requireFile) {
    const byEnvironment = context.path === null;
    throw new InvalidConfigError(
      `There is no configuration file ${path}${byEnvironment ? ', which PLIMSOLL_CONFIG names' : ''}.`,
      {
        hint: 'Name one that exists, or none to use the defaults.',
        remedies: byEnvironment ? [] : [{ kind: 'leave-out', option: 'config' }],
      },
    );
  }
  const document = parseConfigText(text ?? '', path);
  const profile = activeProfile(document, environment, path);
  const place = placeOfFile(path, homeFolder);
  const here = { folder: workingFolder, homeFolder };
  const prefix = `profiles.${profile?.name ?? ''}.`;
  const layers = [
    documentLayer(document, { origin: 'file', file: path, prefix: '', place }),
    documentLayer(profile?.document ?? {}, { origin: 'profile', file: path, prefix, place }),
    environmentLayer(environment, here),
    flagLayer(flags, here),
  ];
  const merged = mergeLayers(defaultSettings(context), layers, fieldsWith(context.backends));
  if (merged.problems.length > 0) throw invalidConfig(merged.problems);
  const settings = nestSettings(merged.flat);
  const warnings = [...misspeltKeys(document), ...misspeltVariables(environment)];
  return { settings, origins: originsOf(settings, merged.origins), path, profile: profile?.name ?? null, warnings };
}

/** The origin of a group is that of its strongest member. */
function originsOf(settings: Settings, flat: ReadonlyMap<string, SettingOrigin>): LoadedSettings['origins'] {
  const strength: readonly SettingOrigin[] = ['flag', 'environment', 'profile', 'file', 'default'];
  const origins = Object.keys(settings).map((key): [string, SettingOrigin] => {
    const members = SETTING_FIELDS.filter(({ setting }) => settingOf(setting) === key);
    const found = members.map(({ setting }) => flat.get(setting) ?? 'default');
    return [key, strength.find((origin) => found.includes(origin)) ?? 'default'];
  });
  return Object.fromEntries(origins) as LoadedSettings['origins'];
}
