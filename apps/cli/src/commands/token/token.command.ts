import { TOKEN_PRIORITIES, TOKEN_SCOPES } from '@plimsoll/domain';
import { Option } from 'commander';
import type { Command } from 'commander';
import { wholeNumber } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { defineCommand } from '../define-command.js';
import type { CommonFlags } from '../define-command.js';
import type { TokenAddFlags } from './token.flags.js';

const MOST = 1_000_000;

/** Describes `plimsoll token` and its subcommands. */
export function addTokenCommand(program: Command, run: RunAction): void {
  const token = program.command('token').description('make, list and remove the tokens of `plimsoll serve`');
  token.addHelpText('after', '\nExample:\n  $ plimsoll token add laptop --scope infer read');
  const action = async () => import('./token.action.js');

  defineCommand(token, 'add <name>', 'make a token and keep its hash; from then on every client needs one', [
    { command: 'plimsoll token add laptop', effect: 'may ask models and read' },
    { command: 'plimsoll token add ops --scope admin', effect: 'may change everything' },
    { command: 'plimsoll token add batch --priority low --per-minute 60', effect: 'waits for the others' },
  ])
    .addOption(new Option('--scope <scopes...>', 'what it may do (default: infer read)').choices(TOKEN_SCOPES))
    .addOption(new Option('--priority <priority>', 'whose turn it is (default: normal)').choices(TOKEN_PRIORITIES))
    .option('--per-minute <number>', 'requests a minute at most', wholeNumber('--per-minute', 1, MOST))
    .option('--concurrent <number>', 'requests at the same time at most', wholeNumber('--concurrent', 1, MOST))
    .action((name: string, flags: TokenAddFlags) =>
      run(flags, async (context) => (await action()).tokenAdd(context, name, flags)),
    );
  defineCommand(token, 'list', 'the tokens by name, without their hashes', [
    { command: 'plimsoll token list', effect: 'who may do what' },
  ]).action((flags: CommonFlags) => run(flags, async (context) => (await action()).tokenList(context, flags)));
  defineCommand(token, 'remove <name>', 'refuse a token from now on', [
    { command: 'plimsoll token remove laptop', effect: 'running servers follow' },
  ]).action((name: string, flags: CommonFlags) =>
    run(flags, async (context) => (await action()).tokenRemove(context, name, flags)),
  );
}
