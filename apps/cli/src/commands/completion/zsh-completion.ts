import { allCommands, type CommandNode } from './command-tree.js';
import { LIST_MODELS } from './known-words.js';

/** A completion script for zsh, with descriptions. */
export function zshCompletion(root: CommandNode): string {
  const nodes = allCommands(root);
  const cases = nodes.map((node) => {
    const commands = node.children.map(({ path, description }) => quoted(path.at(-1) ?? '', description));
    const options = node.options.map(({ long, description }) => quoted(long, description));
    const models = node.takesModel ? ` compadd -- \${(f)"$(${LIST_MODELS})"};` : '';
    const words = node.words.length > 0 ? ` compadd -- ${node.words.map(word).join(' ')};` : '';
    return `    ${word(node.path.join(' '))})${models}${words} entries=(${[...commands, ...options].join(' ')}) ;;`;
  });
  const choices = nodes.flatMap((node) =>
    node.options
      .filter((option) => option.choices.length > 0)
      .map(
        (option) =>
          `    ${word(`${node.path.join(' ')} ${option.long}`)}) compadd -- ${option.choices.map(word).join(' ')}; return ;;`,
      ),
  );
  const steps = nodes
    .filter(({ children }) => children.length > 0)
    .map(
      (node) =>
        `      ${word(node.path.join(' '))}) case "$entry" in ${node.children.map(({ path }) => path.at(-1) ?? '').join('|')}) command="\${command:+$command }$entry" ;; esac ;;`,
    );
  return `#compdef plimsoll
# Completion of plimsoll for zsh. Put it into a folder of $fpath as _plimsoll.
_plimsoll() {
  local command="" entry
  local -a entries
  for entry in "\${(@)words[2,CURRENT-1]}"; do
    case "$command" in
${steps.join('\n')}
    esac
  done
  case "$command \${words[CURRENT-1]}" in
${choices.join('\n')}
  esac
  case "$command" in
${cases.join('\n')}
  esac
  _describe 'plimsoll' entries
  _files
}
if [ "$funcstack[1]" = "_plimsoll" ]; then _plimsoll "$@"; else compdef _plimsoll plimsoll; fi
`;
}

const word = (text: string): string => `'${text}'`;

const quoted = (name: string, description: string): string =>
  `'${name}:${description.replaceAll("'", '’').replaceAll(':', '\\:')}'`;
