import type { LoadedSettings } from '@plimsoll/domain';
import type { SettingsDocument } from '../schemas/settings.schema.js';

/** The JSON document of the settings, without the secret one. */
export function settingsDocument({ settings, origins, path, profile }: LoadedSettings): SettingsDocument {
  const { openaiApiKey, ...shown } = settings;
  return {
    schema: 'plimsoll.settings/1',
    settings: { ...shown, openaiApiKeySet: openaiApiKey !== null },
    origins,
    path,
    profile,
  };
}
