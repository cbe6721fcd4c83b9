import { Option } from 'commander';
import type { Command } from 'commander';
import { wholeNumber } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { backendOption, defineCommand, remoteOptions } from '../define-command.js';
import type { ServeFlags } from './serve.flags.js';

/** Describes `plimsoll serve`. */
export function addServeCommand(program: Command, run: RunAction): void {
  const command = defineCommand(program, 'serve', 'an Ollama-, OpenAI- and Anthropic-compatible server', [
    { command: 'plimsoll serve', effect: 'at the configured address, until Ctrl-C' },
    { command: 'plimsoll serve --governor dry-run', effect: 'says what it would give way, and does nothing' },
    { command: 'plimsoll serve --take-over', effect: 'at 11434, before an Ollama that was moved to 11436' },
    { command: 'plimsoll serve --port 7777', effect: 'at another port; 0 takes any free one' },
  ])
    .option('--take-over [address]', "listen at Ollama's port, before the Ollama that was moved to the address")
    .option('--port <number>', 'port to listen at', wholeNumber('--port', 0, 65_535))
    .option(
      '--concurrent <number>',
      'requests to one model at the same time (16)',
      wholeNumber('--concurrent', 1, 1024),
    )
    .option('--max-queue <number>', 'requests to one model that wait (512)', wholeNumber('--max-queue', 0, 100_000))
    .option('--queue-wait <seconds>', 'longest wait for a turn (280)', wholeNumber('--queue-wait', 1, 86_400))
    .addOption(
      new Option('--governor <mode>', 'whether levels give way under pressure (default: active)').choices([
        ...['active', 'dry-run', 'hold', 'off'],
      ]),
    )
    .addOption(
      new Option('--log <level>', 'write a JSON log to stderr, without prompts (default: silent)').choices([
        ...['silent', 'error', 'warn', 'info', 'debug'],
      ]),
    )
    .addOption(backendOption())
    .action((flags: ServeFlags) =>
      run(flags, async (context) => (await import('./serve.action.js')).serve(context, flags)),
    );
  for (const option of remoteOptions()) command.addOption(option);
}
