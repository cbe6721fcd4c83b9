import { arePlainLines, isPlain } from './plain-text.js';

/** Characters of one foreign text that a line has room for. */
const MOST_CHARACTERS = 120;

/** Characters of a sentence that foreign text is part of. */
const MOST_OF_A_SENTENCE = 2000;

/** Characters of a path: no system takes a longer one. */
const MOST_OF_A_PATH = 4096;

/**
 * What a terminal acts upon or does not show: controls (C0, DEL and C1), format characters such as the marks that
 * reverse the direction of writing, half a surrogate pair, and line and paragraph separators. The joiners that
 * scripts and emoji are written with stay. These are made where they are used: V8 looks up the classes of Unicode.
 */
const unprintable = (): RegExp => /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The same in text of several lines: line feeds and tabs do what they should. */
const unprintableInLines = (): RegExp => /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The same in rendered text, which holds the decorations of `style.ts` as well. */
const unprintableWhenDecorated = (): RegExp =>
  /\u001b\[(?:[0-9]{1,2})m|(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const DECORATION = /\u001b\[[0-9]{1,2}m/g;

/** Part of a sentence that no line could be broken in: not the way to a file, but a name of any length. */
const ENDLESS_WORD = /[^\s/\\]{121,}/gu;

/**
 * A foreign text (the name of a model, a key, what a server says) as one line that a terminal can show: what would
 * act on it is escaped, such as `\x1b`, and of a long text the beginning is left, with an ellipsis.
 */
export function printable(text: string, most: number = MOST_CHARACTERS): string {
  // Two units may be one character, and no more than `most` characters are shown whatever they are escaped to.
  const cut = text.length > 2 * (most + 1) ? text.slice(0, 2 * (most + 1)) : text;
  return atMost(isPlain(cut) ? cut : cut.replace(unprintable(), escaped), most);
}

/** The same for a path, an address or a model as the user names it: these are of use only whole. */
export function printablePath(text: string): string {
  return printable(text, MOST_OF_A_PATH);
}

/** A sentence that foreign text is part of, as one line: foreign words are bounded as `printable` does. */
export function printableSentence(text: string): string {
  const line = isPlain(text) ? text : text.replace(unprintable(), escaped);
  return atMost(
    line.replace(ENDLESS_WORD, (word) => printable(word)),
    MOST_OF_A_SENTENCE,
  );
}

/** Text of several lines, such as a model's answer: line breaks and tabs stay, nothing is cut. */
export function printableLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unprintableInLines(), escaped);
}

/** Rendered text, on its way to a terminal: our own decorations and line breaks stay. */
export function printableRendering(text: string): string {
  if (arePlainLines(text.replaceAll(DECORATION, ''))) return text;
  return text.replace(unprintableWhenDecorated(), (match) => (match.length > 2 ? match : escaped(match)));
}

/** JSON that means the same and does nothing to a terminal: `JSON.stringify` leaves DEL, C1 and direction marks. */
export function printableJson(json: string): string {
  return json.replace(unprintableInLines(), (match) =>
    Array.from({ length: match.length }, (_, unit) => `\\u${hex(match.charCodeAt(unit), 4)}`).join(''),
  );
}

/** Fields of documents that hold sentences. */
const SENTENCES: ReadonlySet<string> = new Set([
  ...['message', 'hint', 'reason', 'reasons', 'sentences', 'notes', 'obstacles', 'warnings', 'text', 'description'],
]);

/** Fields of documents that hold paths and addresses. */
const PATHS: ReadonlySet<string> = new Set(['file', 'path', 'folder', 'report', 'origin', 'source']);

/** The same document with every text made printable; what is rendered for people is rendered from this. */
export function printableDocument<Value>(document: Value): Value {
  return printableValue(document, '') as Value;
}

function printableValue(value: unknown, field: string): unknown {
  if (typeof value === 'string') {
    if (SENTENCES.has(field)) return printableSentence(value);
    return PATHS.has(field) ? printablePath(value) : printable(value);
  }
  if (Array.isArray(value)) return value.map((item: unknown) => printableValue(item, field));
  if (typeof value !== 'object' || value === null) return value;
  // Unlike an assignment, this makes `__proto__` a field like any other.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, printableValue(item, key)]));
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return SHORT[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`);
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

function atMost(text: string, most: number): string {
  if (text.length <= most) return text;
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
