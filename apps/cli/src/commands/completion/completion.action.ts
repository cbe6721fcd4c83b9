import type { Command } from 'commander';
import { EXIT } from '../../errors/exit-codes.js';
import type { CommandContext } from '../command-context.js';
import { bashCompletion } from './bash-completion.js';
import { commandTree, type CommandNode } from './command-tree.js';
import type { Shell } from './completion.flags.js';
import { fishCompletion } from './fish-completion.js';
import { zshCompletion } from './zsh-completion.js';

const WRITERS: Readonly<Record<Shell, (root: CommandNode) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `plimsoll completion`. */
export async function completion({ output }: CommandContext, shell: Shell, program: Command): Promise<number> {
  output.raw(WRITERS[shell](commandTree(program)));
  return EXIT.done;
}
