import type { SettingFlags } from '@plimsoll/adapter-config';
import {
  cacheFolder,
  openConfig,
  openPlimsoll,
  remoteReading,
  type BackendUseCases,
  type OpenPlimsollOptions,
  type Plimsoll,
  type RemoteFlags,
} from '@plimsoll/composition';
import { warningWords } from '@plimsoll/contract';
import { remedyCommand } from '../errors/remedy-commands.js';
import type { CommandContext } from './command-context.js';

/** What a command says about what it works with. */
export interface PlimsollFlags extends RemoteFlags {
  readonly backend?: string | undefined;
  readonly config?: string | undefined;
  /** Settings that win over the configuration. */
  readonly settings?: SettingFlags | undefined;
  /** How memory is governed; not at all when absent. */
  readonly govern?: OpenPlimsollOptions['govern'];
}

/** How Plimsoll is opened for a command. @throws InvalidConfigError for an environment that cannot be read */
export function plimsollOptions(context: CommandContext, flags: PlimsollFlags): OpenPlimsollOptions {
  const { env, output } = context;
  const settings = { ...flags.settings, ...(flags.backend === undefined ? {} : { backend: flags.backend }) };
  return {
    config: openConfig({ environment: env, path: flags.config, flags: settings }),
    cacheFolder: cacheFolder(env),
    remote: remoteReading(flags, env),
    govern: flags.govern,
    warn: (warning) => output.warn(warningWords(warning, remedyCommand)),
  };
}

/** Runs `work` with what needs no backend, and closes it afterwards, whatever happens. @throws InvalidConfigError */
export async function withPlimsoll<Result>(
  context: CommandContext,
  flags: PlimsollFlags,
  work: (plimsoll: Plimsoll) => Promise<Result>,
): Promise<Result> {
  const plimsoll = await openPlimsoll(plimsollOptions(context, flags));
  try {
    return await work(plimsoll);
  } finally {
    await plimsoll.close();
  }
}

/** Runs `work` with the use cases of the backend that flags and settings choose. @throws InvalidConfigError */
export async function withBackend<Result>(
  context: CommandContext,
  flags: PlimsollFlags,
  work: (use: BackendUseCases, plimsoll: Plimsoll) => Promise<Result>,
): Promise<Result> {
  return withPlimsoll(context, flags, async (plimsoll) => work((await plimsoll.lease()).value, plimsoll));
}
