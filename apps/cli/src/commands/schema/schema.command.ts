import type { Command } from 'commander';
import type { RunAction } from '../command-context.js';

/** Describes `plimsoll schema`. */
export function addSchemaCommand(program: Command, run: RunAction): void {
  program
    .command('schema [name]')
    .description('print the JSON Schema of a command’s --json output')
    .addHelpText(
      'after',
      '\nExamples:\n  $ plimsoll schema            # the names of all documents\n  $ plimsoll schema plan       # the shape of plimsoll.plan/1',
    )
    .action((name: string | undefined) =>
      run({}, async (context) => (await import('./schema.action.js')).schema(context, name)),
    );
}
