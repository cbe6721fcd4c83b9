import type { Command } from 'commander';
import { oneOf } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { helpWith } from '../define-command.js';
import { SHELLS, type Shell } from './completion.flags.js';

/** Describes `plimsoll completion`. */
export function addCompletionCommand(program: Command, run: RunAction): void {
  program
    .command('completion')
    .argument('<shell>', SHELLS.join(', '), oneOf('The shell', SHELLS))
    .description('print a completion script for a shell')
    .addHelpText(
      'after',
      helpWith([
        { command: 'eval "$(plimsoll completion bash)"', effect: 'this shell; put it into ~/.bashrc' },
        { command: 'plimsoll completion zsh > "${fpath[1]}/_plimsoll"', effect: 'zsh' },
        { command: 'plimsoll completion fish > ~/.config/fish/completions/plimsoll.fish', effect: 'fish' },
      ]),
    )
    .action((shell: Shell) =>
      run({}, async (context) => (await import('./completion.action.js')).completion(context, shell, program)),
    );
}
