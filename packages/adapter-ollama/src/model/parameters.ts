/** Parameters whose value is a list, even of one. Source: Ollama `api/types.go`, `Options`. */
const LISTS: ReadonlySet<string> = new Set(['stop']);

/**
 * Reads `parameters` of a `show` answer: a name and a value in Go's syntax on each line, a list on as many lines as it
 * has values.
 */
export function parseParameters(text: string): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const line of text.split('\n')) {
    const [, name, literal] = /^(\S+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (name === undefined || literal === undefined) continue;
    const value = goValue(literal);
    const before = parameters[name];
    if (Array.isArray(before)) before.push(value);
    else if (before !== undefined) parameters[name] = [before, value];
    else parameters[name] = LISTS.has(name) ? [value] : value;
  }
  return parameters;
}

/** A literal as Go's `%#v` writes it; what is none is text. */
function goValue(literal: string): unknown {
  if (literal === 'true' || literal === 'false') return literal === 'true';
  if (/^`[^`]*`$/.test(literal)) return literal.slice(1, -1);
  if (/^".*"$/.test(literal)) return literal.slice(1, -1).replace(ESCAPE, unescape);
  const number = Number(literal);
  return literal !== '' && Number.isFinite(number) ? number : literal;
}

const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gi;
const LETTERS: Readonly<Record<string, string>> = {
  ...{ a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

function unescape(_: string, byte?: string, short?: string, long?: string, letter?: string): string {
  const code = byte ?? short ?? long;
  return code === undefined ? (LETTERS[letter ?? ''] ?? letter ?? '') : String.fromCodePoint(Number.parseInt(code, 16));
}
