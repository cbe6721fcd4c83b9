import { BOUNDS } from '@plimsoll/domain';
import type { Command } from 'commander';
import { byteRate, listOf, memorySize, variantLevelName, wholeNumber } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { plan } from './plan.action.js';
import { backendOption, choiceOption, defineCommand, remoteOptions } from '../define-command.js';
import { namedModel } from '../named-model.js';
import { pointOptions } from '../point-options.js';
import type { PlanFlags } from './plan.flags.js';
import { PLAN_TARGETS } from './plan.targets.js';

const collect = (text: string, previous: readonly string[] = []): readonly string[] => [...previous, text];

/** Describes `plimsoll plan`. */
export function addPlanCommand(program: Command, run: RunAction): void {
  const notes: string[] = [];
  const command = defineCommand(
    program,
    'plan [model...]',
    'what fits: memory, speed and quality of each level; one recommended, and why',
    [
      { command: 'plimsoll plan llama3.1:8b', effect: 'for this machine' },
      { command: 'plimsoll plan model.gguf --vram 8GB --context 16384', effect: 'for a card with 8 GB' },
      { command: 'plimsoll plan model.gguf --gpu "RTX 4060" --kv q8_0', effect: 'for a card that is not here' },
      { command: 'plimsoll plan model.gguf --vram 0 --json', effect: 'for the processor alone, as JSON' },
      { command: 'plimsoll plan hf.co/org/repo', effect: 'before downloading: headers are read, not files' },
      { command: 'plimsoll plan model.gguf --exact', effect: 'with the bytes that the engine itself reports' },
      { command: 'plimsoll plan llama3.1:8b gemma3:4b', effect: 'several models in memory at once' },
      { command: 'plimsoll plan model.gguf --as llama-server', effect: 'the command that runs it there' },
      { command: 'plimsoll plan model.gguf --html plan.html', effect: 'as a page to play with, no server needed' },
    ],
  )
    .option(
      '--vram <size>',
      'device memory to plan for, such as 8GB; 0 for the processor alone',
      memorySize('--vram', (note) => notes.push(note)),
    )
    .option('--gpu <name>', 'card to plan for, such as "RTX 4060" or "2x RTX 3090"; may be repeated', collect)
    .option(
      '--ram <size>',
      'RAM to plan for, such as 32GB',
      memorySize('--ram', (note) => notes.push(note)),
    )
    .option('--ram-bandwidth <rate>', 'its bandwidth, such as 90GB/s', byteRate('--ram-bandwidth'))
    .option('--cpu-threads <count>', 'cores of the processor', wholeNumber('--cpu-threads', ...BOUNDS.threads))
    .option('--mmproj <file>', 'projector that is loaded beside the model, so that it sees')
    .option('--draft <model>', 'smaller model that drafts tokens for this one, or mtp: its own prediction layers')
    .option('--level <level>', 'level to consider; may be repeated', listOf(variantLevelName('--level')))
    .addOption(choiceOption('--as <program>', 'print what runs the recommended point there', PLAN_TARGETS))
    .option('--html <file>', 'write an interactive HTML page with the plan')
    .option('--exact', 'ask the engine itself, which reports its bytes without loading the weights')
    .addOption(backendOption())
    .action((models: readonly string[], flags: PlanFlags) =>
      run(flags, async (context) => {
        for (const note of notes) context.output.note(`Note: ${note}`);
        return models.length < 2
          ? plan(context, await namedModel(context, flags, models[0]), flags)
          : (await import('./plan-together.action.js')).planTogether(context, models, flags);
      }),
    );
  for (const option of [...pointOptions(), ...remoteOptions()]) command.addOption(option);
}
