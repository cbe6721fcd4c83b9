import { Argument, type Command } from 'commander';
import type { RunAction } from '../command-context.js';
import { defineCommand } from '../define-command.js';
import { GOVERNOR_ACTIONS, type GovernorAction, type GovernorFlags } from './governor.flags.js';

/** Describes `plimsoll governor`. */
export function addGovernorCommand(program: Command, run: RunAction): void {
  defineCommand(program, 'governor', 'how memory is governed while models are served', [
    { command: 'plimsoll governor', effect: 'who holds what, and where each model stands' },
    { command: 'plimsoll governor log', effect: 'the last decisions, and how they turned out' },
    { command: 'plimsoll governor pin llama3.1:8b', effect: 'keeps a model at its point; unpin lets it go' },
    { command: 'plimsoll governor hold', effect: 'nothing moves until: plimsoll governor active' },
    { command: 'plimsoll governor simulate', effect: 'replays ten traces under these and simpler rules' },
  ])
    .addArgument(new Argument('[action]', 'what to do').choices(GOVERNOR_ACTIONS).default('status'))
    .argument('[name]', 'the model to pin, or the trace to replay: one of ours, or a .jsonl file')
    .option('--url <address>', 'the server to ask (default: where plimsoll serve listens by the configuration)')
    .option('--loaded', 'with pin: keep it loaded, but let its point move')
    .option('--svg <file>', 'with simulate: write a picture of the run')
    .action((action: GovernorAction, name: string | undefined, flags: GovernorFlags) =>
      run(flags, async (context) =>
        action === 'simulate'
          ? (await import('./simulate.action.js')).simulateTraces(context, name, flags)
          : (await import('./governor.action.js')).governor(context, action, name, flags),
      ),
    );
}
