import { BOUNDS, type TensorOverride } from '@plimsoll/domain';
import type { Command } from 'commander';
import { tensorOverride } from '../../flags/tensor-override.js';
import { decimalNumber, levelName, memorySize, tokenCount, wholeNumber } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { backendOption, defineCommand } from '../define-command.js';
import { cacheOption, contextOption } from '../point-options.js';
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
    {
      command: 'plimsoll quantize model-f16.gguf --better-than Q4_K_M',
      effect: 'a type for each tensor, by measurement',
    },
    { command: 'plimsoll quantize model-f16.gguf --fit "RTX 4060" --context 16k', effect: 'as good as fits' },
    { command: 'plimsoll quantize model-f16.gguf --fastest --max-kld 0.02', effect: 'as fast as that allows' },
    { command: 'plimsoll quantize model-f16.gguf --to Q4_K_M --dry-run', effect: 'how large it would be' },
    { command: 'plimsoll quantize llama3.1:8b-instruct-fp16 --to Q4_K_M --backend ollama', effect: 'on the server' },
  ])
    .option('--to <level>', 'quantization level to make', levelName('--to'))
    .option(
      '--target-size <bytes>',
      'choose a type for each tensor, within a size such as 4.5GB',
      memorySize('--target-size'),
    )
    .option('--target-bpw <bits>', 'the same, within bits per weight', decimalNumber('--target-bpw', 1, 16))
    .option('--better-than <level>', 'the same, within the size of a preset', levelName('--better-than'))
    .option('--max-kld <nats>', 'the same, as small as this divergence allows', decimalNumber('--max-kld', 1e-6, 10))
    .option('--fastest', 'the same, as fast on this machine as --max-kld or --better-than allows')
    .option('--fit <card>', 'the same, as large as fits a card such as "RTX 4060" with its cache')
    .addOption(contextOption('with --fit: context length, such as 8192 or 8k'))
    .addOption(cacheOption('with --fit: type of the KV cache; q8_0/q4_0 sets keys and values apart'))
    .option('--recipe <file>', 'make the recipe in a file; with a target: write the recipe there')
    .option('--report <file>', 'with a target: write an HTML page with the types by layer')
    .option('--text <file>', 'text to choose and judge types on (default: one that the model writes)')
    .option(
      '--window <tokens>',
      'tokens of that text looked at together',
      tokenCount('--window', 8, BOUNDS.contextTokens[1]),
    )
    .option('--out <file>', 'file, folder or name of the result')
    .option('--force', 'overwrite the file that --out names')
    .option('--dry-run', 'print the size of the result without writing it')
    .option('--tensor <pattern=type>', 'give tensors whose names match another type; may be repeated', collect)
    .option('--allow-requantize', 'start from a quantized model anyway; quality suffers twice')
    .option('--imatrix <auto|FILE|none>', 'importance matrix (default: auto, which collects one below Q6_K)')
    .option('-y, --yes', 'measure for more than 10 minutes without asking')
    .option('--threads <count>', 'threads to work with', wholeNumber('--threads', ...BOUNDS.threads))
    .addOption(backendOption())
    .action((model: string, flags: QuantizeFlags) =>
      run(flags, async (context) => (await import('./quantize.action.js')).quantizeAny(context, model, flags)),
    );
}
