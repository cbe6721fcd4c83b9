import { allCommands, type CommandNode } from './command-tree.js';
import { LIST_MODELS } from './known-words.js';

/** A completion script for fish, with descriptions. */
export function fishCompletion(root: CommandNode): string {
  const lines = allCommands(root).flatMap((node) => [
    ...node.children.map(
      ({ path, description }) =>
        `complete -c plimsoll -n ${condition(node)} -f -a ${path.at(-1) ?? ''} -d ${quoted(description)}`,
    ),
    ...(node.takesModel ? [`complete -c plimsoll -n ${condition(node)} -a '(${LIST_MODELS})'`] : []),
    ...(node.words.length > 0
      ? [`complete -c plimsoll -n ${condition(node)} -f -a ${quoted(node.words.join(' '))}`]
      : []),
    ...node.options.map(({ long, description, takesValue, choices }) => {
      const value = choices.length > 0 ? ` -x -a ${quoted(listed(choices))}` : takesValue ? ' -r' : '';
      return `complete -c plimsoll -n ${condition(node)} -l ${long.replace(/^--/, '')} -d ${quoted(description)}${value}`;
    }),
  ]);
  return `# Completion of plimsoll for fish. Put it into ~/.config/fish/completions/plimsoll.fish
${lines.join('\n')}
`;
}

/** Holds while the words typed so far lead to the command and not to one of its children. */
function condition({ path, children }: CommandNode): string {
  const names = children.map((child) => child.path.at(-1) ?? '');
  const seen = path.map((name) => `__fish_seen_subcommand_from ${name}`);
  const unseen = names.length > 0 ? [`not __fish_seen_subcommand_from ${names.join(' ')}`] : [];
  return quoted([...seen, ...unseen].join('; and '));
}

/** Fish parts words at spaces, and results of a command at the ends of lines. */
const listed = (words: readonly string[]): string =>
  words.some((word) => word.includes(' '))
    ? `(printf "%s\\n" ${words.map((word) => `"${word}"`).join(' ')})`
    : words.join(' ');

const quoted = (text: string): string => `'${text.replaceAll("'", '’')}'`;
