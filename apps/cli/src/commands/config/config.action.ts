import { existsSync } from 'node:fs';
import { configJsonSchema, type FileConfigStore, type SettingEntry } from '@plimsoll/adapter-config';
import { BACKEND_IDS, openConfig } from '@plimsoll/composition';
import type { ConfigDocument, ConfigPathDocument, ConfigValidateDocument } from '@plimsoll/contract';
import type { LoadedSettings } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import type { CommandContext } from '../command-context.js';
import type { ConfigFlags } from './config.flags.js';
import { renderSettings, renderSettingValue } from './config.render.js';

/** `plimsoll config get`. */
export async function configGet(context: CommandContext, key: string | undefined, flags: ConfigFlags): Promise<number> {
  const store = openConfig({ environment: context.env, path: flags.config });
  const entries = key === undefined ? await store.entries() : [await store.get(key)];
  const document = describe(await store.load(), entries);
  warn(context, document.warnings);
  context.output.result(document, (shown) =>
    key === undefined
      ? renderSettings(shown, context.output.style, context.output.width)
      : entries.map(({ value }) => renderSettingValue(value)).join('\n'),
  );
  return EXIT.done;
}

/** `plimsoll config set`. */
export async function configSet(
  context: CommandContext,
  key: string,
  value: string,
  flags: ConfigFlags,
): Promise<number> {
  const store = openConfig({ environment: context.env, path: flags.config, requireFile: false });
  return tellChange(context, store, key, 'is now', await store.set(key, value));
}

/** `plimsoll config unset`. */
export async function configUnset(context: CommandContext, key: string, flags: ConfigFlags): Promise<number> {
  const store = openConfig({ environment: context.env, path: flags.config });
  return tellChange(context, store, key, 'is unset; what holds is', await store.unset(key));
}

/** `plimsoll config validate`. */
export async function configValidate(
  context: CommandContext,
  file: string | undefined,
  flags: ConfigFlags,
): Promise<number> {
  const store = openConfig({ environment: context.env, path: file ?? flags.config });
  const { path, warnings = [] } = await store.load();
  const exists = existsSync(path);
  const document: ConfigValidateDocument = {
    schema: 'plimsoll.config-validate/1',
    file: path,
    exists,
    valid: true,
    warnings,
  };
  warn(context, warnings);
  context.output.result(document, ({ file }) =>
    exists ? `${file} is valid.` : `There is no ${file}; the defaults and the environment are valid.`,
  );
  return EXIT.done;
}

/** `plimsoll config path`. */
export async function configPath(context: CommandContext, flags: ConfigFlags): Promise<number> {
  const file = await openConfig({ environment: context.env, path: flags.config, requireFile: false }).path();
  const document: ConfigPathDocument = { schema: 'plimsoll.config-path/1', file, exists: existsSync(file) };
  context.output.result(document, (shown) => shown.file);
  return EXIT.done;
}

/** `plimsoll config schema`: the JSON Schema itself, with or without `--json`. */
export async function configSchema(context: CommandContext): Promise<number> {
  context.output.raw(`${JSON.stringify(configJsonSchema(BACKEND_IDS), null, 2)}\n`);
  return EXIT.done;
}

async function tellChange(
  context: CommandContext,
  store: FileConfigStore,
  key: string,
  words: string,
  loaded: LoadedSettings,
): Promise<number> {
  const entry = await store.get(key);
  const document = describe(loaded, [entry]);
  const inProfile = entry.origin === 'profile' && document.profile !== null ? `, profile ${document.profile}` : '';
  warn(context, document.warnings);
  context.output.result(
    document,
    (shown) => `${key} ${words} ${renderSettingValue(entry.value)}  (${shown.file}${inProfile})`,
  );
  if (entry.origin === 'environment') {
    context.output.note(`Note: the environment sets ${key} too, and has precedence over the file.`);
  }
  return EXIT.done;
}

function describe(loaded: LoadedSettings, entries: readonly SettingEntry[]): ConfigDocument {
  const { path, profile, warnings = [] } = loaded;
  const settings = entries.map(({ path: key, value, origin, description }) => ({
    path: key,
    value,
    origin,
    description,
  }));
  return { schema: 'plimsoll.config/1', file: path, profile, settings, warnings };
}

function warn(context: CommandContext, warnings: readonly string[]): void {
  for (const warning of warnings) context.output.warn(warning);
}
