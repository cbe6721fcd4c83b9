/** One command of a Modelfile, such as `FROM /path` or `TEMPLATE """…"""`. */
export interface ModelfileCommand {
  readonly name: string;
  readonly value: string;
}

/** A value is quoted thrice when it holds quotes, once when it holds lines, else it ends with its line. */
const COMMAND = /^([A-Z]+) (?:"""([\s\S]*?)"""|"([^"]*)"|(.*))$/gm;

/** The commands of a Modelfile as `show` writes it (Ollama `parser/parser.go`, `Command.String`), in their order. */
export function parseModelfile(text: string): readonly ModelfileCommand[] {
  return [...text.matchAll(COMMAND)].map(([, name = '', thrice, once, plain]) => ({
    name,
    value: thrice ?? once ?? plain ?? '',
  }));
}

/** The values of every command of that name. */
export function valuesOf(commands: readonly ModelfileCommand[], name: string): readonly string[] {
  return commands.filter((command) => command.name === name).map(({ value }) => value);
}
