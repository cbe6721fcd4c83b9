import type { Command } from 'commander';
import { decimalNumber } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { backendOption, defineCommand, type BackendFlags } from '../define-command.js';

/** Flags of `plimsoll stats`. */
export interface StatsFlags extends BackendFlags {
  /** Days back. */
  readonly days?: number;
}

/** Describes `plimsoll stats`. */
export function addStatsCommand(program: Command, run: RunAction): void {
  defineCommand(program, 'stats [model]', 'recorded performance per model and variant', [
    { command: 'plimsoll stats', effect: 'of everything that was recorded' },
    { command: 'plimsoll stats llama3.1:8b-instruct --days 7', effect: 'of one model, this week' },
  ])
    .option('--days <number>', 'only what was recorded in so many days', decimalNumber('--days', 0.001, 36_500))
    .addOption(backendOption())
    .action((model: string | undefined, flags: StatsFlags) =>
      run(flags, async (context) => (await import('./stats.action.js')).stats(context, model, flags)),
    );
}
