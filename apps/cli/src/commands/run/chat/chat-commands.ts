import { LEVEL_NAMES, parseVariantLevel, type VariantLevel } from '@plimsoll/domain';

/** What a line of a chat asks the program itself to do. */
export type ChatCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'level'; readonly level: VariantLevel | null }
  | { readonly kind: 'stats' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'leave' }
  /** Nothing that is known; `problem` says what would be. */
  | { readonly kind: 'unknown'; readonly problem: string };

interface Described {
  readonly name: string;
  readonly usage: string;
  readonly effect: string;
  readonly read: (argument: string) => ChatCommand;
}

const simple =
  (kind: 'help' | 'stats' | 'clear' | 'leave') =>
  (argument: string): ChatCommand =>
    argument === '' ? { kind } : { kind: 'unknown', problem: `That command takes nothing after it.` };

const COMMANDS: readonly Described[] = [
  { name: '/help', usage: '/help', effect: 'this list', read: simple('help') },
  {
    name: '/level',
    usage: '/level [LEVEL]',
    effect: 'what runs; with a level: answer at that from now on',
    read: (argument) => {
      const level = argument === '' ? null : parseVariantLevel(argument);
      if (argument === '' || level !== null) return { kind: 'level', level };
      return { kind: 'unknown', problem: `"${argument}" is not a level. Levels: ${LEVEL_NAMES.join(', ')}.` };
    },
  },
  { name: '/stats', usage: '/stats', effect: 'how fast the answers were', read: simple('stats') },
  { name: '/clear', usage: '/clear', effect: 'forget what was said', read: simple('clear') },
  { name: '/bye', usage: '/bye', effect: 'leave, as does Ctrl-D', read: simple('leave') },
];

/** The command in a line, or null when it is a message to the model. */
export function chatCommand(line: string): ChatCommand | null {
  if (!line.startsWith('/')) return null;
  const [, word = '', argument = ''] = /^(\/\S*)\s*(.*)$/s.exec(line) ?? [];
  const found = COMMANDS.find(({ name }) => name === word.toLowerCase());
  if (found !== undefined) return found.read(argument.trim());
  // A path or a regular expression may well begin a message.
  if (!/^\/[a-z]+$/i.test(word)) return null;
  return { kind: 'unknown', problem: `There is no command ${word}; see /help.` };
}

/** The list that `/help` shows. */
export function chatHelp(): string {
  const widest = Math.max(...COMMANDS.map(({ usage }) => usage.length));
  return [
    ...COMMANDS.map(({ usage, effect }) => `${usage.padEnd(widest)}  ${effect}`),
    '',
    'Ctrl-C stops an answer. A message of several lines: """ before and after it, or a \\ at the end of each line.',
    'The arrow up brings back what was typed before.',
  ].join('\n');
}

/** What the beginning of a command can become, for the Tab key. */
export function completeCommand(line: string): [string[], string] {
  const [, before = '', level] = /^(\/level\s+)(\S*)$/i.exec(line) ?? [];
  if (level !== undefined) {
    const levels = LEVEL_NAMES.filter((name) => name.startsWith(level.toUpperCase()));
    return [levels.map((name) => `${before}${name}`), line];
  }
  return [line.startsWith('/') ? COMMANDS.map(({ name }) => name).filter((name) => name.startsWith(line)) : [], line];
}
