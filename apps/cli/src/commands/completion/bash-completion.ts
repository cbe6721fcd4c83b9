import { allCommands, type CommandNode } from './command-tree.js';

/** A completion script for bash: commands, flags and the words that flags take; else files. */
export function bashCompletion(root: CommandNode): string {
  const cases = allCommands(root).map((node) => {
    const words = [...node.children.map(({ path }) => path.at(-1) ?? ''), ...node.options.map(({ long }) => long)];
    return `    "${node.path.join(' ')}") words="${words.join(' ')}" ;;`;
  });
  const choices = allCommands(root).flatMap((node) =>
    node.options
      .filter((option) => option.choices.length > 0)
      .map((option) => `    "${node.path.join(' ')} ${option.long}") words="${option.choices.join(' ')}" ;;`),
  );
  const parents = allCommands(root).filter(({ children }) => children.length > 0);
  const steps = parents.map(
    (node) =>
      `      "${node.path.join(' ')}") case "$word" in ${node.children.map(({ path }) => path.at(-1) ?? '').join('|')}) path="\${path:+$path }$word" ;; esac ;;`,
  );
  return `# Completion of plimsoll for bash. Load it with: eval "$(plimsoll completion bash)"
_plimsoll() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path" in
${steps.join('\n')}
    esac
  done
  case "$path $previous" in
${choices.join('\n')}
  esac
  if [ -z "$words" ]; then
    case "$path" in
${cases.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _plimsoll plimsoll
`;
}
