/** Where a JSON value stands in its text; `end` is exclusive. */
export interface JsonNode {
  readonly start: number;
  readonly end: number;
  /** Members of an object, in order; null for every other value. */
  readonly members: readonly JsonMember[] | null;
}

/** One member of an object. */
export interface JsonMember {
  readonly key: string;
  /** Where the key's opening quote stands. */
  readonly start: number;
  readonly value: JsonNode;
}

/** Finds where values stand. The text must be valid JSON: give it to `JSON.parse` first. */
export function locateJson(text: string): JsonNode {
  return readValue(text, skipSpace(text, 0));
}

/** The member that counts for `key`: of several, the last one, as `JSON.parse` has it. */
export function memberOf(node: JsonNode, key: string): JsonMember | null {
  return node.members?.findLast((member) => member.key === key) ?? null;
}

function readValue(text: string, start: number): JsonNode {
  const first = text[start];
  if (first === '{') return readObject(text, start);
  if (first === '[') return { start, end: readArrayEnd(text, start), members: null };
  if (first === '"') return { start, end: stringEnd(text, start), members: null };
  let end = start;
  while (end < text.length && !/[\s,\]}]/u.test(text[end] ?? '')) end++;
  return { start, end, members: null };
}

function readObject(text: string, start: number): JsonNode {
  const members: JsonMember[] = [];
  let at = skipSpace(text, start + 1);
  while (text[at] !== '}') {
    const keyEnd = stringEnd(text, at);
    const value = readValue(text, skipSpace(text, skipSpace(text, keyEnd) + 1));
    members.push({ key: JSON.parse(text.slice(at, keyEnd)) as string, start: at, value });
    at = skipSpace(text, value.end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return { start, end: at + 1, members };
}

function readArrayEnd(text: string, start: number): number {
  let at = skipSpace(text, start + 1);
  while (text[at] !== ']') {
    at = skipSpace(text, readValue(text, at).end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return at + 1;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && /\s|\uFEFF/u.test(text[at] ?? '')) at++;
  return at;
}
