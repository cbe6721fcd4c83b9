import { setMaxListeners } from 'node:events';
import { InvalidInputError, type PlimsollError } from '@plimsoll/domain';
import { CommanderError, type Command } from 'commander';
import type { RunAction, Terminal } from './commands/command-context.js';
import { describeFailure, renderFailure, renderStack } from './errors/report-failure.js';
import { EXIT } from './errors/exit-codes.js';
import { isTerminated } from './errors/stop-request.js';
import { Output } from './output/output.js';
import type { TextStream } from './output/text-stream.js';
import { createProgram } from './program.js';

/** The world a program run lives in. */
export interface ProgramWorld {
  readonly stdin: AsyncIterable<unknown> & { readonly isTTY?: boolean };
  /** Null or absent where nobody types. */
  readonly terminal?: Terminal | null;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly version: string;
  readonly nowMs: () => number;
}

/** Parses the arguments (without program and script), runs the command and gives the exit code. Never throws. */
export async function runProgram(args: readonly string[], world: ProgramWorld): Promise<number> {
  // Everything that a command does at once listens to its one signal: many listeners are no leak.
  setMaxListeners(0, world.signal);
  const json = args.includes('--json');
  let output = new Output(world, json);
  let exitCode: number = EXIT.done;
  const runAction: RunAction = async (flags, action) => {
    output = new Output(world, flags.json === true);
    exitCode = await action({
      output,
      signal: world.signal,
      env: world.env,
      // What a command reads from is opened when it reads: a stream takes Node longer than a small command.
      get stdin() {
        return world.stdin;
      },
      get terminal() {
        return world.terminal ?? null;
      },
    });
  };
  const streams = {
    writeOut: (text: string) => void world.stdout.write(text),
    writeErr: (text: string) => void world.stdout.write(text),
    outputError: () => undefined,
    getOutHasColors: () => false,
  };
  const program = createProgram(world.version, runAction, streams, args[0]);
  try {
    if (args.length === 0) {
      program.outputHelp();
      return EXIT.done;
    }
    const [first, about] = args;
    if (first === 'help' && about !== undefined) requireCommand(program, about);
    await program.parseAsync([...args], { from: 'user' });
    return exitCodeOf(exitCode, world.signal);
  } catch (failure) {
    output.stopProgress();
    if (failure instanceof CommanderError && (failure.exitCode === 0 || failure.code === 'commander.help')) {
      return EXIT.done;
    }
    const reported = failure instanceof CommanderError ? usageError(failure, args) : failure;
    const described = describeFailure(world.signal.aborted ? interruption(reported, world.signal) : reported);
    const document = { ...described, exitCode: exitCodeOf(described.exitCode, world.signal) };
    if (json) output.jsonNote(document);
    else output.note(renderFailure(document, output.errorStyle));
    if ((world.env['PLIMSOLL_DEBUG'] ?? '') !== '') output.note(renderStack(reported));
    return document.exitCode;
  }
}

/** Commander would show the help of everything, and call it an error. @throws InvalidInputError */
function requireCommand(program: Command, name: string): void {
  if (name === 'help' || program.commands.some((command) => command.name() === name)) return;
  throw new InvalidInputError(`Unknown command '${name}'.`, { hint: 'See: plimsoll --help' });
}

/** An interruption by SIGTERM has a code of its own. */
function exitCodeOf(exitCode: number, signal: AbortSignal): number {
  return exitCode === EXIT.interrupted && isTerminated(signal) ? EXIT.terminated : exitCode;
}

/** Whatever fails after Ctrl-C fails because of it. */
function interruption(failure: unknown, signal: AbortSignal): unknown {
  const { exitCode } = describeFailure(failure);
  return exitCode === EXIT.interrupted ? failure : signal.reason;
}

/** Commander's complaint in our form: a sentence, and where help is. */
function usageError(failure: CommanderError, args: readonly string[]): PlimsollError {
  const [complaint = '', ...guesses] = failure.message.replace(/^error: /, '').split('\n');
  const sentence = complaint.charAt(0).toUpperCase() + complaint.slice(1).replace(/\.$/, '');
  const guess = guesses.join(' ').replaceAll(/[()]/g, '').trim();
  const command = args.find((argument) => /^[a-z]+$/.test(argument));
  const known = failure.code !== 'commander.unknownCommand' && command !== undefined;
  const help = `See: plimsoll ${known ? `${command} ` : ''}--help`;
  return new InvalidInputError(`${sentence}.`, { hint: guess === '' ? help : `${guess}\n${help}`, cause: failure });
}
