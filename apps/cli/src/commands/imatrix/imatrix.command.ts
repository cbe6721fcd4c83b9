import { BOUNDS } from '@plimsoll/domain';
import type { Command } from 'commander';
import { listOf, wholeNumber } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { defineCommand } from '../define-command.js';
import type { ImatrixFlags } from './imatrix.flags.js';

const MOST_WINDOW_TOKENS = 32_768;

/** Describes `plimsoll imatrix`. */
export function addImatrixCommand(program: Command, run: RunAction): void {
  defineCommand(program, 'imatrix <model>', 'collect an importance matrix: which weights quantizing should spare', [
    { command: 'plimsoll imatrix model-f16.gguf', effect: 'over the text that comes with Plimsoll' },
    { command: 'plimsoll imatrix model-f16.gguf --text mine.txt --out mine.gguf', effect: 'over your own' },
    { command: 'plimsoll quantize model-f16.gguf --to IQ2_M --imatrix mine.gguf', effect: 'and what it is for' },
  ])
    .option(
      '--text <file>',
      'calibration text instead of the shipped one; may be repeated',
      listOf((file) => file),
    )
    .option('--out <file>', 'where to write it; the legacy format if it ends in .dat (default: in the cache)')
    .option('--force', 'overwrite the file that --out names')
    .option('--window <tokens>', 'tokens evaluated together', wholeNumber('--window', 16, MOST_WINDOW_TOKENS))
    .option('--threads <count>', 'threads to work with', wholeNumber('--threads', ...BOUNDS.threads))
    .action((model: string, flags: ImatrixFlags) =>
      run(flags, async (context) => (await import('./imatrix.action.js')).imatrix(context, model, flags)),
    );
}
