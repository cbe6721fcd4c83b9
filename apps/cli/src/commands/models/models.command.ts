import type { Command } from 'commander';
import type { RunAction } from '../command-context.js';
import { backendOption, defineCommand } from '../define-command.js';
import type { ModelsFlags } from './models.flags.js';

/** Describes `plimsoll models`. */
export function addModelsCommand(program: Command, run: RunAction): void {
  defineCommand(program, 'models', 'models and variants of the backend, those in memory marked', [
    { command: 'plimsoll models', effect: 'of the configured backend' },
    { command: 'plimsoll models --backend ollama --json', effect: 'of an Ollama server, as JSON' },
  ])
    .option('--names', 'print the names alone, one a line')
    .addOption(backendOption())
    .action((flags: ModelsFlags) =>
      run(flags, async (context) => (await import('./models.action.js')).models(context, flags)),
    );
}
