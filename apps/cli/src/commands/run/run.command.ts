import { BOUNDS, KV_CACHE_TYPES } from '@plimsoll/domain';
import type { Command } from 'commander';
import { cacheTypes, decimalNumber, variantLevelName, tokenCount, wholeNumber } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { backendOption, choiceOption, defineCommand } from '../define-command.js';
import { namedModel } from '../named-model.js';
import type { RunFlags } from './run.flags.js';

const collect = (text: string, previous: readonly string[] = []): readonly string[] => [...previous, text];

/** Describes `plimsoll run`. */
export function addRunCommand(program: Command, run: RunAction): void {
  defineCommand(
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
    .option(
      '--context <tokens>',
      'context length, such as 8192 or 8k',
      tokenCount('--context', ...BOUNDS.contextTokens),
    )
    .addOption(
      choiceOption(
        '--kv <type>',
        'type of the KV cache; q8_0/q4_0 sets keys and values apart',
        KV_CACHE_TYPES,
      ).argParser(cacheTypes('--kv')),
    )
    .option('--parallel <count>', 'sequences to reserve memory for', wholeNumber('--parallel', ...BOUNDS.parallel))
    .option(
      '--ubatch <tokens>',
      'prompt tokens computed at once; 512 by default',
      wholeNumber('--ubatch', ...BOUNDS.microBatchTokens),
    )
    .addOption(choiceOption('--flash-attention <mode>', 'flash attention', ['on', 'off', 'auto']))
    .option('--gpu-layers <count>', 'layers on the device', wholeNumber('--gpu-layers', ...BOUNDS.gpuLayers))
    .option('--n-cpu-moe <layers>', 'layers whose experts stay in RAM', wholeNumber('--n-cpu-moe', ...BOUNDS.gpuLayers))
    .addOption(choiceOption('--prefer <goal>', 'what counts more in the choice', ['balanced', 'quality', 'speed']))
    .option('-y, --yes', 'make or fetch more than 1 GB without asking')
    .option('--timings', 'tell afterwards, on stderr, how long it took')
    .addOption(backendOption())
    .action((model: string | undefined, prompt: string | undefined, flags: RunFlags) =>
      run(flags, async (context) =>
        (await import('./run.action.js')).run(context, await namedModel(context, flags, model), prompt, flags),
      ),
    );
}
