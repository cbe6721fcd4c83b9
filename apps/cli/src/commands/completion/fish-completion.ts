import { allCommands, type CommandNode } from './command-tree.js';

/** A completion script for fish, with descriptions. */
export function fishCompletion(root: CommandNode): string {
  const lines = allCommands(root).flatMap((node) => [
    ...node.children.map(
      ({ path, description }) =>
        `complete -c plimsoll -n ${condition(node)} -f -a ${path.at(-1) ?? ''} -d ${quoted(description)}`,
    ),
    ...node.options.map(({ long, description, takesValue, choices }) => {
      const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
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

const quoted = (text: string): string => `'${text.replaceAll("'", '’')}'`;
