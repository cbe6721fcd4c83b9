import type { Command } from 'commander';
import { oneOf } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { SHELLS, type Shell } from './completion.flags.js';

/** Describes `plimsoll completion`. */
export function addCompletionCommand(program: Command, run: RunAction): void {
  program
    .command('completion')
    .argument('<shell>', SHELLS.join(', '), oneOf('The shell', SHELLS))
    .description('print a completion script for a shell')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ eval "$(plimsoll completion bash)"                                          # this shell; put it into ~/.bashrc\n' +
        '  $ plimsoll completion zsh > "${fpath[1]}/_plimsoll"                           # zsh\n' +
        '  $ plimsoll completion fish > ~/.config/fish/completions/plimsoll.fish         # fish',
    )
    .action((shell: Shell) =>
      run({}, async (context) => (await import('./completion.action.js')).completion(context, shell, program)),
    );
}
