import type { Command } from 'commander';
import { wholeNumber } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { backendOption, defineCommand, remoteOptions } from '../define-command.js';
import type { ServeFlags } from './serve.flags.js';

/** Describes `plimsoll serve`. */
export function addServeCommand(program: Command, run: RunAction): void {
  const command = defineCommand(program, 'serve', 'the REST API on this machine', [
    { command: 'plimsoll serve', effect: 'at the configured address, until Ctrl-C' },
    { command: 'plimsoll serve --port 7777', effect: 'at another port; 0 takes any free one' },
  ])
    .option('--port <number>', 'port to listen at', wholeNumber('--port', 0, 65_535))
    .addOption(backendOption())
    .action((flags: ServeFlags) =>
      run(flags, async (context) => (await import('./serve.action.js')).serve(context, flags)),
    );
  for (const option of remoteOptions()) command.addOption(option);
}
