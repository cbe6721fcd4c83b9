import { applyEdits, findNodeAtLocation, modify, parseTree } from 'jsonc-parser';
import type { FormattingOptions, JSONPath, Node } from 'jsonc-parser';

/**
 * Sets one value in a JSON text and leaves every other value as it was written. Objects missing on the way are made;
 * a value on the way that is no object is replaced by one. The text must be valid JSON.
 */
export function setJsonValue(text: string, path: readonly string[], value: unknown): string {
  let kept = text;
  for (const [depth] of path.entries()) {
    const way = path.slice(0, depth);
    if (find(kept, way)?.type !== 'object') return edit(kept, way, nested(path.slice(depth), value));
    kept = withoutRepeated(kept, [...way, path[depth] ?? '']);
  }
  return edit(kept, path, value);
}

/** Removes one member from a JSON text; the text comes back as it was when there is none. */
export function removeJsonValue(text: string, path: readonly string[]): string {
  const kept = path.reduce((done, _key, depth) => withoutRepeated(done, path.slice(0, depth + 1)), text);
  return find(kept, path) === undefined ? text : edit(kept, path, undefined);
}

/** Of a key that stands several times the last one counts, as `JSON.parse` has it; the library edits the first. */
function withoutRepeated(text: string, path: readonly string[]): string {
  const members = find(text, path.slice(0, -1))?.children ?? [];
  const named = members.filter(({ children }) => children?.[0]?.value === path.at(-1));
  return named.slice(1).reduce((rest) => edit(rest, path, undefined), text);
}

function find(text: string, path: readonly string[]): Node | undefined {
  const tree = parseTree(text);
  return tree === undefined ? undefined : findNodeAtLocation(tree, [...path]);
}

function edit(text: string, path: readonly string[], value: unknown): string {
  const formattingOptions = styleOf(text);
  const options = formattingOptions === undefined ? {} : { formattingOptions };
  return applyEdits(text, modify(text, [...path] satisfies JSONPath, value, options));
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight((inner, key) => ({ [key]: inner }), value);
}

/** The library lays out whole lines anew, one change at a time: a line of a megabyte would take it minutes. */
const LONGEST_LINE = 4096;

/** Indentation and line ends as the text has them; undefined where the text is not laid out by hand. */
function styleOf(text: string): FormattingOptions | undefined {
  if (text.split('\n').some((line) => line.length > LONGEST_LINE)) return undefined;
  const indent = /\n([ \t]+)\S/u.exec(text)?.[1] ?? '  ';
  return { insertSpaces: !indent.includes('\t'), tabSize: indent.length, eol: text.includes('\r\n') ? '\r\n' : '\n' };
}
