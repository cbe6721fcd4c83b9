import { allCommands, type CommandNode } from './command-tree.js';
import { LIST_MODELS } from './known-words.js';

/** A completion script for bash: commands, flags, models and the words that flags and arguments take; else files. */
export function bashCompletion(root: CommandNode): string {
  const nodes = allCommands(root);
  const cases = nodes.map((node) => {
    const children = node.children.map(({ path }) => path.at(-1) ?? '');
    const words = lines([...children, ...node.words, ...node.options.map(({ long }) => long)]);
    const models = node.takesModel ? ` words+=$'\\n'"$(${LIST_MODELS})"` : '';
    return `    "${node.path.join(' ')}") words=${words}${models} ;;`;
  });
  const choices = nodes.flatMap((node) =>
    node.options
      .filter((option) => option.choices.length > 0)
      .map((option) => `    "${node.path.join(' ')} ${option.long}") words=${lines(option.choices)} ;;`),
  );
  const parents = nodes.filter(({ children }) => children.length > 0);
  const steps = parents.map(
    (node) =>
      `      "${node.path.join(' ')}") case "$word" in ${node.children.map(({ path }) => path.at(-1) ?? '').join('|')}) path="\${path:+$path }$word" ;; esac ;;`,
  );
  return `# Completion of plimsoll for bash. Load it with: eval "$(plimsoll completion bash)"
_plimsoll() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word colon=""
  local typed="\${COMP_LINE:0:\${COMP_POINT:-0}}" IFS=$'\\n' index
  typed="\${typed##* }"
  # Bash takes a colon for the end of a word.
  if [[ "$typed" == *:* ]]; then current="$typed" colon="\${typed%"\${typed##*:}"}"; fi
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
  for index in "\${!COMPREPLY[@]}"; do COMPREPLY[index]="$(printf '%q' "\${COMPREPLY[index]#"$colon"}")"; done
}
complete -o bashdefault -o default -F _plimsoll plimsoll
`;
}

/** Words of which each may hold spaces. */
const lines = (words: readonly string[]): string => `$'${words.join('\\n').replaceAll("'", "\\'")}'`;
