import { expect, test } from 'vitest';
import { jsonGrammar } from './json-grammar.js';

const rule = (grammar: string, name: string): string | undefined =>
  grammar
    .split('\n')
    .find((line) => line.startsWith(`${name} ::= `))
    ?.slice(name.length + 5);

test('any JSON is an object of anything', () => {
  expect(rule(jsonGrammar('json'), 'root')).toBe('object space');
});

test('optional properties may be left out, required ones may not', () => {
  const grammar = jsonGrammar({
    type: 'object',
    properties: { a: { type: 'integer' }, b: { type: 'string' } },
    required: ['b'],
  });
  expect(rule(grammar, 'root-value-t0f')).toContain(' | root-value-t1f');
  expect(rule(grammar, 'root-value-t1f')).not.toContain('|');
});

test('quotes and backslashes of constants are escaped once for JSON and once for the grammar', () => {
  expect(rule(jsonGrammar({ const: 'a"\\b' }), 'root')).toBe(String.raw`"\"a\\\"\\\\b\"" space`);
});

test('references, also to themselves, become rules', () => {
  const grammar = jsonGrammar({
    $ref: '#/$defs/tree',
    $defs: { tree: { type: 'object', properties: { child: { $ref: '#/$defs/tree' } } } },
  });
  expect(rule(grammar, 'root')).toBe('ref-0 space');
  expect(rule(grammar, 'ref-0-value-t0f')).toContain('ref-0');
});

test.each([
  [{ type: 'string', pattern: '^a$' }, 'pattern'],
  [{ allOf: [] }, 'allOf'],
  [{ type: 'colour' }, 'colour'],
  [{ $ref: 'https://example.org/x' }, 'another document'],
  [{ $ref: '#/$defs/none' }, 'reference to nothing'],
])('%j is refused by name', (schema, word) => {
  expect(() => jsonGrammar(schema)).toThrow(
    expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining(word) as string }),
  );
});
