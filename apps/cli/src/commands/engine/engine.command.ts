import type { Command } from 'commander';
import type { RunAction } from '../command-context.js';
import { defineCommand } from '../define-command.js';
import type { CommonFlags } from '../define-command.js';

/** Describes `plimsoll engine` and its subcommands. */
export function addEngineCommand(program: Command, run: RunAction): void {
  const engine = program.command('engine').description('list, add and remove builds of the engine inside');
  engine.addHelpText('after', '\nExample:\n  $ plimsoll engine add cuda');
  const action = async () => import('./engine.action.js');

  defineCommand(engine, 'list', 'the builds that are here, and those that can be added', [
    { command: 'plimsoll engine list', effect: 'which one is used, and what others lack' },
  ]).action((flags: CommonFlags) => run(flags, async (context) => (await action()).engineList(context)));
  defineCommand(engine, 'add <build>', 'fetch a build with npm, from the registry that npm is configured with', [
    { command: 'plimsoll engine add cuda', effect: 'the one for the CUDA libraries of this machine' },
    { command: 'plimsoll engine add cuda-12', effect: 'this one, whether or not its libraries are here yet' },
    { command: 'plimsoll engine add vulkan', effect: 'for the cards of all makers' },
  ]).action((build: string, flags: CommonFlags) =>
    run(flags, async (context) => (await action()).engineAdd(context, build)),
  );
  defineCommand(engine, 'remove <build>', 'delete a build that was added', [
    { command: 'plimsoll engine remove cuda', effect: 'models run on the next best build' },
  ]).action((build: string, flags: CommonFlags) =>
    run(flags, async (context) => (await action()).engineRemove(context, build)),
  );
}
