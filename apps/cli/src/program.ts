import { Command, type OutputConfiguration } from 'commander';
import type { RunAction } from './commands/command-context.js';
import { addCompareCommand } from './commands/compare/compare.command.js';
import { addCompletionCommand } from './commands/completion/completion.command.js';
import { addConfigCommand } from './commands/config/config.command.js';
import { addDemoCommand } from './commands/demo/demo.command.js';
import { addDoctorCommand } from './commands/doctor/doctor.command.js';
import { addGpuCommand } from './commands/gpu/gpu.command.js';
import { addInspectCommand } from './commands/inspect/inspect.command.js';
import { addModelsCommand } from './commands/models/models.command.js';
import { addPlanCommand } from './commands/plan/plan.command.js';
import { addQuantizeCommand } from './commands/quantize/quantize.command.js';
import { addRunCommand } from './commands/run/run.command.js';
import { addSchemaCommand } from './commands/schema/schema.command.js';
import { addServeCommand } from './commands/serve/serve.command.js';
import { addStatsCommand } from './commands/stats/stats.command.js';

/**
 * The command line as a tree of commands. It only describes them: what a command does is loaded when it runs,
 * so that a short command starts fast.
 */
export function createProgram(version: string, run: RunAction, output: OutputConfiguration = {}): Command {
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
      '\nA <model> is a name of the backend (llama3.1:8b-instruct), a path to a GGUF file, an https:// URL of one,\n' +
        'hf.co/org/repo[:LEVEL], or ollama:name for the public library.\n\n' +
        'Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 nothing fits, 4 backend unreachable,\n' +
        '130 interrupted. With --json a failed command leaves stdout empty and writes one JSON document to stderr.\n\n' +
        'Begin with: plimsoll demo',
    );
  addDemoCommand(program, run);
  addPlanCommand(program, run);
  addInspectCommand(program, run);
  addGpuCommand(program, run);
  addModelsCommand(program, run);
  addRunCommand(program, run);
  addQuantizeCommand(program, run);
  addCompareCommand(program, run);
  addStatsCommand(program, run);
  addConfigCommand(program, run);
  addDoctorCommand(program, run);
  addServeCommand(program, run);
  addCompletionCommand(program, run);
  addSchemaCommand(program, run);
  return program;
}
