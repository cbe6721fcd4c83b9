import { BOUNDS } from '@plimsoll/domain';
import type { Command } from 'commander';
import { loraAdapters } from '../../flags/lora-adapters.js';
import { decimalNumber, variantLevelName, wholeNumber } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { backendOption, defineCommand } from '../define-command.js';
import { namedModel } from '../named-model.js';
import { pointOptions } from '../point-options.js';
import type { RunFlags } from './run.flags.js';

const collect = (text: string, previous: readonly string[] = []): readonly string[] => [...previous, text];

/** Describes `plimsoll run`. */
export function addRunCommand(program: Command, run: RunAction): void {
  const command = defineCommand(
    program,
    'run [model] [prompt]',
    'generate, or chat on a terminal: the best variant for this machine answers, made first if it is missing',
    [
      { command: 'plimsoll run model.gguf', effect: 'a chat, at the best point for this machine' },
      { command: 'plimsoll run llama3.1:8b-instruct "Why is the sky blue?"', effect: 'one answer' },
      { command: 'plimsoll run model.gguf --level Q8_0 "Once upon a time"', effect: 'at a level of your own' },
      { command: 'cat letter.txt | plimsoll run llama3.1:8b', effect: 'the prompt from stdin' },
    ],
  )
    .option('--level <level>', 'quantization level instead of the recommended one', variantLevelName('--level'))
    .option('--no-make', 'fail instead of making a missing variant')
    .option('--strict', 'fail when the wanted variant cannot be made, even if another one is installed')
    .option('--system <text>', 'system message')
    .option('--raw', 'continue the text as it stands, without a chat template')
    .option('--temperature <number>', 'sampling temperature', decimalNumber('--temperature', ...BOUNDS.temperature))
    .option('--max-tokens <count>', 'longest answer', wholeNumber('--max-tokens', ...BOUNDS.maxTokens))
    .option('--seed <number>', 'seed of the sampling', wholeNumber('--seed', ...BOUNDS.seed))
    .option('--stop <text>', 'end the answer before this text; may be repeated', collect)
    .option('--format <format>', 'json, or a file with a JSON schema that the answer must satisfy')
    .option('--image <file>', 'picture to look at; may be repeated', collect)
    .option('--lora <file>', 'adapter for the model, or FILE:SCALE; may be repeated', loraAdapters('--lora'))
    .option('-y, --yes', 'make or fetch more than 1 GB without asking')
    .option('--timings', 'tell afterwards, on stderr, how long it took')
    .addOption(backendOption())
    .action((model: string | undefined, prompt: string | undefined, flags: RunFlags) =>
      run(flags, async (context) =>
        (await import('./run.action.js')).run(context, await namedModel(context, flags, model), prompt, flags),
      ),
    );
  for (const option of pointOptions()) command.addOption(option);
}
