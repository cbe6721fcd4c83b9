import type { Command } from 'commander';
import type { RunAction } from '../command-context.js';
import { defineCommand } from '../define-command.js';
import type { ConfigFlags } from './config.flags.js';

/** Describes `plimsoll config` and its subcommands. */
export function addConfigCommand(program: Command, run: RunAction): void {
  const config = program.command('config').description('get, set and check the settings');
  config.addHelpText('after', '\nExample:\n  $ plimsoll config set ai.quantization_bits 8');
  const action = async () => import('./config.action.js');

  defineCommand(config, 'get [key]', 'settings as they hold, and where each comes from', [
    { command: 'plimsoll config get', effect: 'all of them' },
    { command: 'plimsoll config get ai.quantization_bits', effect: 'one' },
  ]).action((key: string | undefined, flags: ConfigFlags) =>
    run(flags, async (context) => (await action()).configGet(context, key, flags)),
  );
  defineCommand(config, 'set <key> <value>', 'change a setting in the file; running programs follow', [
    { command: 'plimsoll config set ai.quantization_bits 8', effect: '8 bits from now on' },
    { command: 'plimsoll config set ai.enable_quantization false', effect: 'models exactly as named' },
  ]).action((key: string, value: string, flags: ConfigFlags) =>
    run(flags, async (context) => (await action()).configSet(context, key, value, flags)),
  );
  defineCommand(config, 'unset <key>', 'remove a setting from the file, so that its default holds again', [
    { command: 'plimsoll config unset ai.gpu_memory_limit_mb', effect: 'no limit any more' },
  ]).action((key: string, flags: ConfigFlags) =>
    run(flags, async (context) => (await action()).configUnset(context, key, flags)),
  );
  defineCommand(config, 'validate [file]', 'check a configuration file', [
    { command: 'plimsoll config validate', effect: 'the active file; exit code 2 when it is wrong' },
  ]).action((file: string | undefined, flags: ConfigFlags) =>
    run(flags, async (context) => (await action()).configValidate(context, file, flags)),
  );
  defineCommand(config, 'path', 'where the configuration file is', [
    { command: 'plimsoll config path', effect: 'the file that is read and written' },
  ]).action((flags: ConfigFlags) => run(flags, async (context) => (await action()).configPath(context, flags)));
  defineCommand(config, 'schema', 'the JSON Schema of the configuration file', [
    { command: 'plimsoll config schema > plimsoll.schema.json', effect: 'for your editor' },
  ]).action((flags: ConfigFlags) => run(flags, async (context) => (await action()).configSchema(context)));
}
