import { BOUNDS, KV_CACHE_TYPES } from '@plimsoll/domain';
import type { Command } from 'commander';
import { variantLevelName, listOf, oneOf, tokenCount, wholeNumber } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { backendOption, defineCommand } from '../define-command.js';
import { namedModel } from '../named-model.js';
import type { CompareFlags } from './compare.flags.js';

/** More answers at the same time than any one machine gives. */
const MOST_AT_ONCE = 256;

/** Describes `plimsoll compare`. */
export function addCompareCommand(program: Command, run: RunAction): void {
  defineCommand(program, 'compare [model]', 'levels side by side: speed, memory and quality', [
    { command: 'plimsoll compare model-f16.gguf --make', effect: 'full, 8 and 4 bits; missing ones are made' },
    { command: 'plimsoll compare model-f16.gguf --levels Q8_0,Q4_K_M,Q2_K --make', effect: 'levels of your choice' },
    {
      command: 'plimsoll compare model-f16.gguf --kv f16,q8_0 --report report.html',
      effect: 'KV caches too, as a page',
    },
    {
      command: 'plimsoll compare model-f16.gguf --depths 0,512,2048 --concurrency 1,2,4',
      effect: 'speed with long prompts, and of several answers at once',
    },
    {
      command: 'plimsoll compare llama3.1:8b --tasks',
      effect: '24 exact answers and 8 JSON shapes, with McNemar’s test',
    },
    {
      command: 'plimsoll compare llama3.1:8b --prompts own.jsonl --grader "python3 grade.py"',
      effect: 'your own prompts, your own score',
    },
  ])
    .option('--levels <list>', 'levels, with commas (default: F16,Q8_0,Q4_K_M)', listOf(variantLevelName('--levels')))
    .option('--kv <list>', 'types of the KV cache, with commas', listOf(oneOf('--kv', KV_CACHE_TYPES)))
    .option(
      '--iterations <count>',
      'timed runs of each level (default: 6, the fewest that can tell levels apart)',
      wholeNumber('--iterations', 0, 1000),
    )
    .option(
      '--depths <list>',
      'tokens of prompt at which speed is measured too, with commas; 0 is a few words',
      listOf(tokenCount('--depths', 0, BOUNDS.contextTokens[1])),
    )
    .option(
      '--concurrency <list>',
      'numbers of answers at the same time whose total speed is measured too, with commas',
      listOf(wholeNumber('--concurrency', 1, MOST_AT_ONCE)),
    )
    .option('--make', 'make variants that are missing')
    .option(
      '--reference <level>',
      'level that the others are held against (default: the best)',
      variantLevelName('--reference'),
    )
    .option('--prompt <text>', 'prompt of the timed runs')
    .option('--max-tokens <count>', 'tokens generated in each timed run', wholeNumber('--max-tokens', 1, 100_000))
    .option('--text <file>', 'text that quality is measured on')
    .option(
      '--window <tokens>',
      'tokens of text looked at together',
      tokenCount('--window', 8, BOUNDS.contextTokens[1]),
    )
    .option('--no-quality', 'measure speed and memory only')
    .option('--tasks', 'run the suite of tasks with known answers on every level')
    .option(
      '--prompts <place>',
      'your own prompts: a file of JSON lines ({"prompt", "expected" | "pattern" | "schema"}), of plain lines, or a ' +
        'folder; those without a known answer are answered by the reference level, and quality is measured on that text',
    )
    .option(
      '--grader <command>',
      'your own score of every answer: reads it on stdin and the task in PLIMSOLL_TASK, prints one number',
    )
    .option('--report <file>', 'write an HTML page with the result')
    .addOption(backendOption())
    .action((model: string | undefined, flags: CompareFlags) =>
      run(flags, async (context) =>
        (await import('./compare.action.js')).compare(context, await namedModel(context, flags, model), flags),
      ),
    );
}
