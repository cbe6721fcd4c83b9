import type { Command } from 'commander';
import type { RunAction } from '../command-context.js';
import { defineCommand } from '../define-command.js';
import type { CommonFlags } from '../define-command.js';
import type { ServiceInstallFlags } from './service.flags.js';

/** Describes `plimsoll service` and its subcommands. */
export function addServiceCommand(program: Command, run: RunAction): void {
  const service = program.command('service').description('run `plimsoll serve` in the background, from login on');
  service.addHelpText('after', '\nExample:\n  $ plimsoll service install');
  const action = async () => import('./service.action.js');

  defineCommand(service, 'install', 'install and start it, for this user: systemd on Linux, launchd on macOS', [
    { command: 'plimsoll service install', effect: 'started now and at each login' },
    { command: 'plimsoll service install --no-start', effect: 'only writes the files' },
  ])
    .option('--no-start', 'write the files, and leave starting to you')
    .action((flags: ServiceInstallFlags) =>
      run(flags, async (context) => (await action()).serviceInstall(context, flags)),
    );
  defineCommand(service, 'status', 'whether it is installed, and runs', [
    { command: 'plimsoll service status', effect: 'exit code 1 when it is not installed' },
  ]).action((flags: CommonFlags) => run(flags, async (context) => (await action()).serviceStatus(context)));
  defineCommand(service, 'remove', 'stop it and remove its files; settings and models stay', [
    { command: 'plimsoll service remove', effect: 'not started any more' },
  ]).action((flags: CommonFlags) => run(flags, async (context) => (await action()).serviceRemove(context)));
}
