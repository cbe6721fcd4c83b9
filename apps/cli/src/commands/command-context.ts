import type { CommonFlags } from './define-command.js';
import type { Output } from '../output/output.js';

/** Both directions of a terminal. */
export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/** What every command gets beside its flags. */
export interface CommandContext {
  readonly output: Output;
  /** Aborts on Ctrl-C; one for the whole command. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<unknown> & { readonly isTTY?: boolean };
  /** The terminal that a person types at; null when stdin or stdout is none. */
  readonly terminal: Terminal | null;
}

/** Does a command's work and gives the exit code. */
export type CommandAction = (context: CommandContext) => Promise<number>;

/** Runs an action with the context that its flags ask for. */
export type RunAction = (flags: CommonFlags, action: CommandAction) => Promise<void>;
