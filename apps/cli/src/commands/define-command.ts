import { BACKEND_IDS } from '@plimsoll/composition';
import { Option, type Command } from 'commander';
import { listOf, oneOf } from '../flags/values.js';

/** One line that a reader can type, and what it does. */
export interface Example {
  readonly command: string;
  readonly effect: string;
}

/** Columns of a usual terminal. */
const MOST_COLUMNS = 80;

/** Adds a command with the flags that all share and its examples below the help. */
export function defineCommand(
  parent: Command,
  usage: string,
  summary: string,
  examples: readonly [Example, ...Example[]],
): Command {
  return parent
    .command(usage)
    .description(summary)
    .addHelpText('after', helpWith(examples))
    .option('--json', 'print one JSON document and nothing else')
    .option('--config <file>', 'configuration file to use');
}

/** What stands below the help of a command. */
export const helpWith = (examples: readonly Example[]): string => `\nExamples:\n${linesOf(examples).join('\n')}`;

/** Commands with what they do beside them, or below them where a line would be too long. */
function linesOf(examples: readonly Example[]): readonly string[] {
  const widest = Math.max(...examples.map(({ command }) => command.length));
  const beside = examples.map(({ command, effect }) => `  $ ${command.padEnd(widest)}  # ${effect}`);
  if (beside.every((line) => line.length <= MOST_COLUMNS)) return beside;
  return examples.flatMap(({ command, effect }) => [`  $ ${command}`, `      ${effect}`]);
}

/** Flags that every command understands. */
export interface CommonFlags {
  readonly json?: boolean | undefined;
  readonly config?: string | undefined;
}

/** Flags that choose the backend. */
export interface BackendFlags extends CommonFlags {
  readonly backend?: string;
}

/** `--backend`, for every command that speaks to one. */
export function backendOption(): Option {
  return choiceOption('--backend <name>', 'where models run (default: from the configuration)', BACKEND_IDS);
}

/** `--allow-private` and `--allow-http`, for every command that reads headers over a network. */
export function remoteOptions(): readonly Option[] {
  return [
    new Option('--allow-private <host>', 'host that may lie in a private network; may be repeated').argParser(
      listOf((host) => host.trim()),
    ),
    new Option('--allow-http', 'read headers over plain http:// as well'),
  ];
}

/** An option that takes one of a few words. */
export function choiceOption(flags: string, description: string, words: readonly string[]): Option {
  const option = new Option(flags, description).choices([...words]);
  return option.argParser(oneOf(option.long ?? flags, words));
}
