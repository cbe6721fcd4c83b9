import type { Command } from 'commander';
import type { RunAction } from '../command-context.js';
import { backendOption, defineCommand } from '../define-command.js';
import type { DoctorFlags } from './doctor.flags.js';

/** Describes `plimsoll doctor`. */
export function addDoctorCommand(program: Command, run: RunAction): void {
  defineCommand(program, 'doctor', 'find what is wrong: configuration, backend, device, variants, heat', [
    { command: 'plimsoll doctor', effect: 'exit code 1 when something is broken' },
  ])
    .addOption(backendOption())
    .action((flags: DoctorFlags) =>
      run(flags, async (context) => (await import('./doctor.action.js')).doctor(context, flags)),
    );
}
