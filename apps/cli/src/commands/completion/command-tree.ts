import type { Command } from 'commander';
import { WORDS_OF_ARGUMENTS, WORDS_OF_FLAGS } from './known-words.js';

/** An option as completion needs it. */
export interface OptionNode {
  /** Such as `--level`. */
  readonly long: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** Words it may take; empty for anything. */
  readonly choices: readonly string[];
}

/** A command as completion needs it. */
export interface CommandNode {
  /** Words that lead to it, without the program: `config set`. Empty for the program. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly OptionNode[];
  /** Words that its arguments may be; empty for anything. */
  readonly words: readonly string[];
  /** Whether it takes a model. */
  readonly takesModel: boolean;
  readonly children: readonly CommandNode[];
}

/** The tree of a program's commands; completion scripts are written from it, so they never miss a flag. */
export function commandTree(command: Command, path: readonly string[] = []): CommandNode {
  return {
    path,
    description: command.description(),
    options: [
      ...command.options.map((option) => ({
        long: option.long ?? option.flags,
        description: option.description,
        takesValue: option.required || option.optional,
        choices: option.argChoices ?? WORDS_OF_FLAGS[option.long ?? ''] ?? [],
      })),
      { long: '--help', description: 'show help', takesValue: false, choices: [] },
    ],
    words: command.registeredArguments.flatMap((argument) => WORDS_OF_ARGUMENTS[argument.name()] ?? []),
    takesModel: command.registeredArguments.some((argument) => argument.name() === 'model'),
    children: command.commands.map((child) => commandTree(child, [...path, child.name()])),
  };
}

/** All commands of a tree, parents before children. */
export function allCommands(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.children.flatMap(allCommands)];
}
