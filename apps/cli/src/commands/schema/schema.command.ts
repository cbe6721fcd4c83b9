import type { Command } from 'commander';
import type { RunAction } from '../command-context.js';
import { helpWith } from '../define-command.js';

/** Describes `plimsoll schema`. */
export function addSchemaCommand(program: Command, run: RunAction): void {
  program
    .command('schema [name]')
    .description('print the JSON Schema of a command’s --json output')
    .addHelpText(
      'after',
      helpWith([
        { command: 'plimsoll schema', effect: 'the names of all documents' },
        { command: 'plimsoll schema plan', effect: 'the shape of plimsoll.plan/1' },
      ]),
    )
    .action((name: string | undefined) =>
      run({}, async (context) => (await import('./schema.action.js')).schema(context, name)),
    );
}
