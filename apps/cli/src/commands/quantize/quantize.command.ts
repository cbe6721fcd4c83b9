import { BOUNDS, type TensorOverride } from '@plimsoll/domain';
import type { Command } from 'commander';
import { tensorOverride } from '../../flags/tensor-override.js';
import { levelName, wholeNumber } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { backendOption, defineCommand } from '../define-command.js';
import type { QuantizeFlags } from './quantize.flags.js';

const collect = (text: string, previous: readonly TensorOverride[] = []): readonly TensorOverride[] => [
  ...previous,
  tensorOverride(text),
];

/** Describes `plimsoll quantize`. */
export function addQuantizeCommand(program: Command, run: RunAction): void {
  defineCommand(program, 'quantize <model>', 'make a variant of a model', [
    { command: 'plimsoll quantize model-f16.gguf --to Q4_K_M', effect: 'beside the source' },
    { command: 'plimsoll quantize model-f16.gguf --to q8_0 --out small.gguf', effect: 'where you say' },
    { command: 'plimsoll quantize model-f16.gguf --to IQ2_M', effect: 'with an importance matrix of its own' },
    { command: 'plimsoll quantize model-f16.gguf --to Q4_K_M --dry-run', effect: 'how large it would be' },
    { command: 'plimsoll quantize llama3.1:8b-instruct-fp16 --to Q4_K_M --backend ollama', effect: 'on the server' },
  ])
    .requiredOption('--to <level>', 'quantization level to make', levelName('--to'))
    .option('--out <file>', 'file, folder or name of the result')
    .option('--force', 'overwrite the file that --out names')
    .option('--dry-run', 'print the size of the result without writing it')
    .option('--tensor <pattern=type>', 'give tensors whose names match another type; may be repeated', collect)
    .option('--allow-requantize', 'start from a quantized model anyway; quality suffers twice')
    .option('--imatrix <auto|FILE|none>', 'importance matrix (default: auto, which collects one below Q6_K)')
    .option('--threads <count>', 'threads to work with', wholeNumber('--threads', ...BOUNDS.threads))
    .addOption(backendOption())
    .action((model: string, flags: QuantizeFlags) =>
      run(flags, async (context) => (await import('./quantize.action.js')).quantize(context, model, flags)),
    );
}
