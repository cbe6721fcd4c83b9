import { Command, type OutputConfiguration } from 'commander';
import type { RunAction } from './commands/command-context.js';
import { addCompareCommand } from './commands/compare/compare.command.js';
import { addCompletionCommand } from './commands/completion/completion.command.js';
import { addConfigCommand } from './commands/config/config.command.js';
import { addDemoCommand } from './commands/demo/demo.command.js';
import { addDoctorCommand } from './commands/doctor/doctor.command.js';
import { addEngineCommand } from './commands/engine/engine.command.js';
import { addGovernorCommand } from './commands/governor/governor.command.js';
import { addGpuCommand } from './commands/gpu/gpu.command.js';
import { addImatrixCommand } from './commands/imatrix/imatrix.command.js';
import { addInspectCommand } from './commands/inspect/inspect.command.js';
import { addModelsCommand } from './commands/models/models.command.js';
import { addPhotosCommand } from './commands/photos/photos.command.js';
import { addPlanCommand } from './commands/plan/plan.command.js';
import { addQuantizeCommand } from './commands/quantize/quantize.command.js';
import { addRunCommand } from './commands/run/run.command.js';
import { addSchemaCommand } from './commands/schema/schema.command.js';
import { addServeCommand } from './commands/serve/serve.command.js';
import { addServiceCommand } from './commands/service/service.command.js';
import { addStatsCommand } from './commands/stats/stats.command.js';
import { addTokenCommand } from './commands/token/token.command.js';

/**
 * The command line as a tree of commands. It only describes them: what a command does is loaded when it runs,
 * so that a short command starts fast. `only` names the one command that is wanted, if there is one.
 */
export function createProgram(
  version: string,
  run: RunAction,
  output: OutputConfiguration = {},
  only?: string,
): Command {
  const program = new Command('plimsoll');
  program
    .description('Picks, makes and measures the quantization of a local language model that your machine can carry.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureOutput(output)
    .exitOverride()
    .addHelpText(
      'after',
      '\nA <model> is a name of the backend (llama3.1:8b-instruct), a path to a GGUF\n' +
        'file, an https:// URL of one, hf.co/org/repo[:LEVEL], or ollama:name for the\n' +
        'public library.\n\n' +
        'Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 nothing fits,\n' +
        '4 backend unreachable, 130 interrupted, 143 terminated. With --json a failed\n' +
        'command leaves stdout empty and writes one JSON document to stderr.\n\n' +
        'Begin with: plimsoll demo',
    );
  // A command that is known needs no other beside it, unless it describes them all.
  const named = only === 'completion' ? undefined : COMMANDS.get(only ?? '');
  for (const add of named === undefined ? COMMANDS.values() : [named]) add(program, run);
  return program;
}

/** In the order of the help. */
const COMMANDS: ReadonlyMap<string, (program: Command, run: RunAction) => void> = new Map([
  ['demo', addDemoCommand],
  ['plan', addPlanCommand],
  ['inspect', addInspectCommand],
  ['gpu', addGpuCommand],
  ['models', addModelsCommand],
  ['run', addRunCommand],
  ['quantize', addQuantizeCommand],
  ['imatrix', addImatrixCommand],
  ['compare', addCompareCommand],
  ['photos', addPhotosCommand],
  ['governor', addGovernorCommand],
  ['stats', addStatsCommand],
  ['config', addConfigCommand],
  ['doctor', addDoctorCommand],
  ['engine', addEngineCommand],
  ['serve', addServeCommand],
  ['service', addServiceCommand],
  ['token', addTokenCommand],
  ['completion', addCompletionCommand],
  ['schema', addSchemaCommand],
]);
