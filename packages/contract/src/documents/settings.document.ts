import type { AccessToken, LoadedSettings } from '@plimsoll/domain';
import type { SettingsDocument } from '../schemas/settings.schema.js';

/** The JSON document of the settings, without secrets. */
export function settingsDocument({ settings, origins, path, profile }: LoadedSettings): SettingsDocument {
  const { openaiApiKey, accessTokens, ...shown } = settings;
  return {
    schema: 'plimsoll.settings/1',
    settings: {
      ...shown,
      openaiApiKeySet: openaiApiKey !== null,
      accessTokens: accessTokens.map(tokenDocument),
    },
    origins,
    path,
    profile,
  };
}

/** A token without its hash. */
export const tokenDocument = ({
  name,
  scopes,
  priority,
  requestsPerMinute,
  concurrent,
}: AccessToken): SettingsDocument['settings']['accessTokens'][number] => ({
  name,
  scopes: [...scopes],
  priority,
  requestsPerMinute,
  concurrent,
});
