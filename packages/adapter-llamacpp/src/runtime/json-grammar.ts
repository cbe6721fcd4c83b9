import { InvalidInputError } from '@plimsoll/domain';
import type { JsonSchema } from '@plimsoll/domain';

/** Rules that every grammar may use. Blank space is limited: a model that starts to indent may never stop. */
const BASE: Readonly<Record<string, string>> = {
  space: '| " " | "\\n" [ \\t]{0,16}',
  char: '[^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\bfnrt/] | "u" [0-9a-fA-F]{4})',
  string: '"\\"" char* "\\""',
  integer: '"-"? ("0" | [1-9] [0-9]{0,15})',
  number: '"-"? ("0" | [1-9] [0-9]{0,15}) ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,3})?',
  boolean: '"true" | "false"',
  null: '"null"',
  value: 'object | array | string | number | boolean | null',
  object: '"{" space (string space ":" space value (space "," space string space ":" space value)*)? space "}"',
  array: '"[" space (value (space "," space value)*)? space "]"',
};

const ANNOTATIONS = new Set(
  '$schema $id $comment $defs definitions title description default examples deprecated readOnly writeOnly'.split(' '),
);
const KNOWN = new Set(
  (
    'type enum const properties required additionalProperties items minItems maxItems minLength maxLength ' +
    'anyOf oneOf $ref format minimum maximum'
  ).split(' '),
);

/**
 * Turns a JSON Schema into a grammar in llama.cpp's GBNF with the root rule `root`. What a grammar cannot say
 * or this does not know is refused rather than left out, but for number ranges and string formats, which only
 * narrow values.
 * @throws InvalidInputError naming the keyword.
 */
export function jsonGrammar(format: 'json' | JsonSchema): string {
  const writer = new GrammarWriter(format === 'json' ? {} : format);
  const root = format === 'json' ? 'object' : writer.rule(format, 'root-value');
  return writer.text(root);
}

class GrammarWriter {
  readonly #rules = new Map<string, string>(Object.entries(BASE));
  readonly #references = new Map<string, string>();
  readonly #root: JsonSchema;

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  text(root: string): string {
    return `root ::= ${root} space\n${[...this.#rules].map(([name, body]) => `${name} ::= ${body}\n`).join('')}`;
  }

  /** The expression that matches a schema; longer ones get a rule of their own. */
  rule(schema: unknown, name: string): string {
    if (schema === true || (isRecord(schema) && Object.keys(schema).every((key) => ANNOTATIONS.has(key))))
      return 'value';
    if (!isRecord(schema)) throw refused(name, 'a schema that is no object');
    for (const key of Object.keys(schema)) {
      if (!KNOWN.has(key) && !ANNOTATIONS.has(key)) throw refused(name, `the keyword "${key}"`);
    }
    if (typeof schema['$ref'] === 'string') return this.#reference(schema['$ref']);
    if ('const' in schema) return literal(JSON.stringify(schema['const']));
    if (Array.isArray(schema['enum'])) {
      if (schema['enum'].length === 0) throw refused(name, 'an empty enum');
      return this.#add(name, schema['enum'].map((value) => literal(JSON.stringify(value))).join(' | '));
    }
    const choices = schema['anyOf'] ?? schema['oneOf'];
    if (Array.isArray(choices)) {
      return this.#add(name, choices.map((choice, i) => this.rule(choice, `${name}-${i}`)).join(' | '));
    }
    if (Array.isArray(schema['type'])) {
      const types = schema['type'] as readonly unknown[];
      return this.#add(
        name,
        types.map((type) => this.#typed({ ...schema, type }, `${name}-${String(type)}`)).join(' | '),
      );
    }
    return this.#typed(schema, name);
  }

  #typed(schema: Readonly<Record<string, unknown>>, name: string): string {
    const type = schema['type'] ?? ('properties' in schema ? 'object' : 'items' in schema ? 'array' : undefined);
    switch (type) {
      case 'object':
        return this.#object(schema, name);
      case 'array':
        return this.#array(schema, name);
      case 'string':
        return this.#string(schema, name);
      case undefined:
        return 'value';
      default:
        if (isScalarType(type)) return type;
        throw refused(name, `the type ${JSON.stringify(type)}`);
    }
  }

  #string(schema: Readonly<Record<string, unknown>>, name: string): string {
    const least = count(schema, 'minLength') ?? 0;
    const most = count(schema, 'maxLength');
    if (least === 0 && most === null) return 'string';
    return this.#add(name, `"\\"" char{${least},${most ?? ''}} "\\""`);
  }

  #array(schema: Readonly<Record<string, unknown>>, name: string): string {
    const item = this.rule(schema['items'] ?? true, `${name}-item`);
    const least = count(schema, 'minItems') ?? 0;
    const most = count(schema, 'maxItems');
    if (most === 0) return this.#add(name, '"[" space "]"');
    const more = `(space "," space ${item}){${Math.max(0, least - 1)},${most === null ? '' : most - 1}}`;
    const items = `${item} ${more}`;
    return this.#add(name, `"[" space ${least > 0 ? items : `(${items})?`} space "]"`);
  }

  #object(schema: Readonly<Record<string, unknown>>, name: string): string {
    const properties = isRecord(schema['properties']) ? schema['properties'] : {};
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    const keys = Object.keys(properties);
    if (keys.length === 0 && required.size === 0) {
      return schema['additionalProperties'] === false ? this.#add(name, '"{" space "}"') : 'object';
    }
    for (const key of required) {
      if (!(String(key) in properties))
        throw refused(name, `the required property ${JSON.stringify(key)} without a schema`);
    }
    const member = new Map(
      keys.map((key, i) => [
        key,
        `${literal(JSON.stringify(key))} space ":" space ${this.rule(properties[key], `${name}-p${i}`)}`,
      ]),
    );
    // Properties come in the schema's order. `tail(i, first)`: what may follow from property i on.
    const tails = new Map<string, string>();
    const tail = (i: number, first: boolean): string => {
      const key = keys[i];
      if (key === undefined) return '""';
      const id = `${name}-t${i}${first ? 'f' : ''}`;
      if (!tails.has(id)) {
        tails.set(id, id);
        const taken = `${first ? '' : 'space "," space '}${member.get(key) ?? ''} ${tail(i + 1, false)}`;
        this.#rules.set(id, required.has(key) ? taken : `${taken} | ${tail(i + 1, first)}`);
      }
      return id;
    };
    return this.#add(name, `"{" space ${tail(0, true)} space "}"`);
  }

  #reference(pointer: string): string {
    const known = this.#references.get(pointer);
    if (known !== undefined) return known;
    const name = `ref-${this.#references.size}`;
    this.#references.set(pointer, name);
    let target: unknown = this.#root;
    if (pointer !== '#') {
      if (!pointer.startsWith('#/')) throw refused(pointer, 'a reference to another document');
      for (const part of pointer.slice(2).split('/')) {
        const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
        target = isRecord(target) ? target[key] : undefined;
      }
    }
    if (target === undefined) throw refused(pointer, 'a reference to nothing');
    this.#rules.set(name, this.rule(target, `${name}-value`));
    return name;
  }

  #add(name: string, body: string): string {
    this.#rules.set(name, body);
    return name;
  }
}

/** Types whose name is that of their rule. */
function isScalarType(type: unknown): type is string {
  return type === 'integer' || type === 'number' || type === 'boolean' || type === 'null';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function count(schema: Readonly<Record<string, unknown>>, key: string): number | null {
  const value = schema[key];
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}

function refused(where: string, what: string): InvalidInputError {
  return new InvalidInputError(`The embedded engine cannot hold answers to this JSON schema: ${what} (at ${where}).`, {
    hint: 'Use type, properties, required, items, enum, const, anyOf, $ref, and lengths.',
  });
}

/** A JSON text as a GBNF literal. */
function literal(json: string): string {
  const escaped = json.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');
  return `"${escaped}"`;
}
