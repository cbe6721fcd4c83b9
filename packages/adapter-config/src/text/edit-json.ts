import { locateJson, memberOf } from './json-nodes.js';
import type { JsonMember, JsonNode } from './json-nodes.js';

/**
 * Sets one value in a JSON text and leaves every other character as it was. Objects missing on the way are made;
 * a value on the way that is no object is replaced by one.
 */
export function setJsonValue(text: string, path: readonly string[], value: unknown): string {
  let node = locateJson(text);
  for (const [depth, key] of path.entries()) {
    if (node.members === null) return replace(text, node, nested(path.slice(depth), value));
    const member = memberOf(node, key);
    if (member === null) return insertMember(text, node, key, nested(path.slice(depth + 1), value));
    node = member.value;
  }
  return replace(text, node, value);
}

/** Removes one member from a JSON text; the text comes back as it was when there is none. */
export function removeJsonValue(text: string, path: readonly string[]): string {
  const last = path.at(-1);
  let node: JsonNode | null = locateJson(text);
  for (const key of path.slice(0, -1)) node = node === null ? null : (memberOf(node, key)?.value ?? null);
  const members = node?.members ?? [];
  const index = members.findLastIndex(({ key }) => key === last);
  const member = members[index];
  if (node === null || member === undefined) return text;
  const [start, end] = spanToCut(node, members, index, member);
  const rest = text.slice(0, start) + text.slice(end);
  return members.filter(({ key }) => key === last).length > 1 ? removeJsonValue(rest, path) : rest;
}

function spanToCut(
  node: JsonNode,
  members: readonly JsonMember[],
  index: number,
  member: JsonMember,
): readonly [number, number] {
  const before = members[index - 1];
  const after = members[index + 1];
  if (before !== undefined) return [before.value.end, member.value.end];
  if (after !== undefined) return [member.start, after.start];
  return [node.start + 1, node.end - 1];
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight((inner, key) => ({ [key]: inner }), value);
}

function replace(text: string, node: JsonNode, value: unknown): string {
  return text.slice(0, node.start) + render(text, value, lineIndent(text, node.start)) + text.slice(node.end);
}

function insertMember(text: string, node: JsonNode, key: string, value: unknown): string {
  const members = node.members ?? [];
  const last = members.at(-1);
  const eol = lineEnding(text);
  const outer = lineIndent(text, node.start);
  const name = `${JSON.stringify(key)}: `;
  if (last === undefined) {
    const inner = outer + indentUnit(text);
    const body = `{${eol}${inner}${name}${render(text, value, inner)}${eol}${outer}}`;
    return text.slice(0, node.start) + body + text.slice(node.end);
  }
  const oneLine = !text.slice(node.start, last.start).includes('\n');
  const inner = oneLine ? outer : lineIndent(text, last.start);
  const glue = oneLine ? ', ' : `,${eol}${inner}`;
  return text.slice(0, last.value.end) + glue + name + render(text, value, inner) + text.slice(last.value.end);
}

function render(text: string, value: unknown, indent: string): string {
  const lines = JSON.stringify(value, null, indentUnit(text)).split('\n');
  return lines.join(`${lineEnding(text)}${indent}`);
}

function lineIndent(text: string, at: number): string {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  return /^[ \t]*/u.exec(text.slice(lineStart, at))?.[0] ?? '';
}

function indentUnit(text: string): string {
  return /\n([ \t]+)\S/u.exec(text)?.[1] ?? '  ';
}

function lineEnding(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
