import type { Settings } from '@plimsoll/domain';

/** The settings with one entry per key of the file: nested groups are spread. */
export interface FlatSettings extends Omit<Settings, 'http'> {
  readonly httpHost: string;
  readonly httpPort: number;
}

/** Name of one flat setting. */
export type FlatKey = keyof FlatSettings;

/** The setting that a flat one belongs to. */
export function settingOf(key: FlatKey): keyof Settings {
  return key === 'httpHost' || key === 'httpPort' ? 'http' : key;
}

/** Puts spread groups together again. */
export function nestSettings({ httpHost, httpPort, ...rest }: FlatSettings): Settings {
  return { ...rest, http: { host: httpHost, port: httpPort } };
}
