import { Option, type Command } from 'commander';
import { decimalNumber } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { defineCommand } from '../define-command.js';
import type { GpuFlags } from './gpu.flags.js';

/** Describes `plimsoll gpu`. */
export function addGpuCommand(program: Command, run: RunAction): void {
  defineCommand(program, 'gpu', 'devices and their readings: memory, load, heat, power', [
    { command: 'plimsoll gpu', effect: 'one look' },
    { command: 'plimsoll gpu --list 4060', effect: 'cards of the catalogue, for plimsoll plan --gpu' },
    { command: 'plimsoll gpu --watch --interval 5', effect: 'a look every five seconds, until Ctrl-C' },
  ])
    .addOption(
      new Option('--list [text]', 'devices that can be planned for by name; with a text those that have it').conflicts([
        'watch',
        'interval',
      ]),
    )
    .option('--watch', 'keep looking until Ctrl-C; with --json one document per line')
    .option('--interval <seconds>', 'time between two looks (default: 2)', decimalNumber('--interval', 0.1, 3600))
    .action((flags: GpuFlags) => run(flags, async (context) => (await import('./gpu.action.js')).gpu(context, flags)));
}
