import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { removeJsonValue, setJsonValue } from './edit-json.js';

const key = fc.oneof(fc.string(), fc.constantFrom('a', 'b', '1', '"', '\\', 'é'));
const jsonObject = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true });
const indent = fc.constantFrom(undefined, 2, 4, '\t');
const path = fc.array(key, { minLength: 1, maxLength: 3 }).filter((keys) => !keys.includes('__proto__'));

function set(target: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const object = (isObject ? target : {}) as Record<string, unknown>;
  return { ...object, [first]: set(object[first], rest, value) };
}

describe('editing JSON text', () => {
  it('means the same as editing the value', () => {
    fc.assert(
      fc.property(jsonObject, indent, path, fc.jsonValue({ maxDepth: 2 }), (object, space, keys, value) => {
        const text = JSON.stringify(object, null, space);
        const start = JSON.parse(text) as unknown;
        const plain = JSON.parse(JSON.stringify(value)) as unknown;
        expect(JSON.parse(setJsonValue(text, keys, plain))).toEqual(set(start, keys, plain));
      }),
    );
  });

  it('undoes an added key', () => {
    fc.assert(
      fc.property(jsonObject, indent, fc.jsonValue({ maxDepth: 2 }), (object, space, value) => {
        const text = JSON.stringify(object, null, space);
        const added = setJsonValue(text, ['a key of its own'], value);
        expect(JSON.parse(removeJsonValue(added, ['a key of its own']))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('leaves the text alone when there is nothing to remove', () => {
    const text = '{ "a" : [1,2] ,"b":{}}';
    expect(removeJsonValue(text, ['b', 'c', 'd'])).toBe(text);
  });

  it('edits the member that counts when a key stands twice', () => {
    expect(JSON.parse(setJsonValue('{"a":1,"a":2}', ['a'], 3))).toEqual({ a: 3 });
    expect(JSON.parse(setJsonValue('{"a":1,"b":0,"a":{"c":1}}', ['a', 'd'], 3))).toEqual({ b: 0, a: { c: 1, d: 3 } });
    expect(JSON.parse(removeJsonValue('{"a":1,"b":0,"a":2}', ['a']))).toEqual({ b: 0 });
  });

  it('changes one value in a line of a megabyte, and nothing else', () => {
    const long = JSON.stringify(
      Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`key${index}`, index])),
    );
    expect(setJsonValue(long, ['ai', 'model'], 'tale')).toBe(`${long.slice(0, -1)},"ai": {"model":"tale"}}`);
    expect(setJsonValue(long, ['key7'], 8)).toBe(long.replace('"key7":7,', '"key7":8,'));
    expect(removeJsonValue(long, ['key7'])).toBe(long.replace('"key7":7,', ''));
  });

  it('leaves what is written on other lines to the letter', () => {
    const text = '{\r\n\t"a" : [1,2] ,\r\n\t"b":{ }\r\n}\r\n';
    expect(setJsonValue(text, ['b', 'c'], 1)).toBe('{\r\n\t"a" : [1,2] ,\r\n\t"b": {\r\n\t\t"c": 1\r\n\t}\r\n}\r\n');
    expect(setJsonValue(text, ['c'], true)).toContain('{\r\n\t"a" : [1,2] ,\r\n');
  });
});
