import type { Command } from 'commander';
import { decimalNumber } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { backendOption, defineCommand } from '../define-command.js';
import type { StatsFlags } from './stats.flags.js';

/** Describes `plimsoll stats`. */
export function addStatsCommand(program: Command, run: RunAction): void {
  defineCommand(program, 'stats [model]', 'recorded performance per model and variant', [
    { command: 'plimsoll stats', effect: 'of everything that was recorded' },
    { command: 'plimsoll stats llama3.1:8b-instruct --days 7', effect: 'of one model, this week' },
    { command: 'plimsoll stats --propose', effect: 'settings of each model that its measurements speak for' },
    { command: 'plimsoll stats --export runs.jsonl', effect: 'to pool with others; they use --import' },
  ])
    .option('--days <number>', 'only what was recorded in so many days', decimalNumber('--days', 0.001, 36_500))
    .option('--propose', 'propose settings of each model from what was measured')
    .option('--apply', 'write what is proposed to the configuration')
    .option('--export <file>', 'write the measurements to a file: .jsonl or .csv')
    .option('--import <file>', 'take measurements of another machine in: .jsonl or .csv')
    .addOption(backendOption())
    .action((model: string | undefined, flags: StatsFlags) =>
      run(flags, async (context) => (await import('./stats.action.js')).stats(context, model, flags)),
    );
}
