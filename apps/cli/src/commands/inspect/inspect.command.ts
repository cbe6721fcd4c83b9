import type { Command } from 'commander';
import type { RunAction } from '../command-context.js';
import { backendOption, defineCommand, remoteOptions } from '../define-command.js';
import { namedModel } from '../named-model.js';
import type { InspectFlags } from './inspect.flags.js';

/** Describes `plimsoll inspect`. */
export function addInspectCommand(program: Command, run: RunAction): void {
  const command = defineCommand(program, 'inspect [model]', 'what a model is made of, read from its header alone', [
    { command: 'plimsoll inspect model.gguf', effect: 'architecture, level, tensor types' },
    { command: 'plimsoll inspect model.gguf --tensors --metadata', effect: 'and every tensor and key' },
  ])
    .option('--tensors', 'list every tensor')
    .option('--metadata', 'list every metadata key')
    .addOption(backendOption())
    .action((model: string | undefined, flags: InspectFlags) =>
      run(flags, async (context) =>
        (await import('./inspect.action.js')).inspect(context, await namedModel(context, flags, model), flags),
      ),
    );
  for (const option of remoteOptions()) command.addOption(option);
}
