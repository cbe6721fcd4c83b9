import { parsePieces } from './parse-pieces.js';
import type { ParityCase } from './cases.js';

/** What clients can see of an answer's form. */
export interface Observed {
  /** Status, headers, the order of a stream's pieces, the text of an error. */
  readonly facts: ReadonlyMap<string, string>;
  /** For each kind of piece (one without a name where there is no stream) the types of its fields, by their paths. */
  readonly shapes: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Headers that clients look at. */
const HEADERS = ['content-type', 'allow', 'retry-after'] as const;
/** As many items of a list as are looked at. */
const ITEMS = 3;

/** Sends one request and writes down what is seen of its answer. */
export async function observe(url: string, { method, path, body }: ParityCase): Promise<Observed> {
  const answer = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
  });
  const text = await answer.text();
  const facts = new Map([['status', `${answer.status}`]]);
  for (const name of HEADERS) {
    const value = answer.headers.get(name);
    if (value !== null) facts.set(name, plainHeader(value));
  }
  const shapes = new Map<string, Map<string, string>>();
  const type = facts.get('content-type') ?? '';
  if (/^(?:text\/event-stream|application\/x-ndjson)$/.test(type)) {
    const pieces = parsePieces(text);
    facts.set('order', withoutRepetitions(pieces.map(({ name }) => name)).join(' '));
    for (const { name, value } of pieces) addShape(shapeOf(shapes, name), '', value);
  } else if (type === 'application/json' && text !== '') {
    const value: unknown = JSON.parse(text);
    if (answer.status >= 400) facts.set('error', errorText(value));
    addShape(shapeOf(shapes, ''), '', value);
  } else facts.set('text', text.trim());
  return { facts, shapes };
}

/** JSON and events are UTF-8 whether that is said or not, and methods have no order. */
const plainHeader = (value: string): string =>
  value
    .replace(/; ?charset=utf-8$/i, '')
    .split(', ')
    .sort()
    .join(', ');

const withoutRepetitions = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => name !== names[index - 1]);

function errorText(value: unknown): string {
  const error = typeof value === 'object' && value !== null && 'error' in value ? value.error : value;
  if (typeof error !== 'object' || error === null) return String(error);
  const fields = Object.entries(error).sort(([a], [b]) => a.localeCompare(b));
  return fields.map(([key, text]) => `${key}=${String(text)}`).join(', ');
}

function shapeOf(shapes: Map<string, Map<string, string>>, name: string): Map<string, string> {
  const shape = shapes.get(name) ?? new Map<string, string>();
  shapes.set(name, shape);
  return shape;
}

function addShape(shape: Map<string, string>, path: string, value: unknown): void {
  if (Array.isArray(value)) {
    addType(shape, path, 'list');
    for (const item of value.slice(0, ITEMS)) addShape(shape, `${path}[]`, item);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, field] of Object.entries(value)) addShape(shape, path === '' ? key : `${path}.${key}`, field);
  } else addType(shape, path, value === null ? 'null' : typeof value);
}

function addType(shape: Map<string, string>, path: string, type: string): void {
  const types = new Set(shape.get(path)?.split(' or ') ?? []).add(type);
  shape.set(path, [...types].sort().join(' or '));
}
