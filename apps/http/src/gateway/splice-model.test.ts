import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spliceModel } from './splice-model.js';

test.each([
  ['{"model":"a","x":1}', '{"model":"b","x":1}'],
  [' {\n "model" : "a" , "x": 1.0 }', ' {\n "model" : "b" , "x": 1.0 }'],
  ['{"model":"a","text":"é \\u4e16 😀"}', '{"model":"b","text":"é \\u4e16 😀"}'],
  ['{"model":"a"}', '{"model":"b"}'],
])('%s', (text, changed) => expect(spliceModel(text, 'a', 'b')).toBe(changed));

test.each([
  ['not the first field', '{"x":1,"model":"a"}'],
  ['named twice', '{"model":"a","model":"a"}'],
  ['named twice, once in escapes', '{"model":"a","mod\\u0065l":"a"}'],
  ['named inside as well', '{"model":"a","options":{"model":"a"}}'],
  ['another name', '{"model":"c"}'],
  ['written in escapes', '{"model":"\\u0061"}'],
  ['no name', '{"model":null}'],
])('nothing is changed where the model is %s', (_, text) => expect(spliceModel(text, 'a', 'b')).toBeNull());

test('reads as the same body under another name, whatever is in it', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.dictionary(
        fc.string().filter((key) => key !== 'model'),
        fc.jsonValue(),
      ),
      fc.nat(4),
      (from, to, more, indent) => {
        const body = { model: from, ...more };
        const text = spliceModel(JSON.stringify(body, null, indent), from, to);
        if (text !== null) expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ ...body, model: to })));
      },
    ),
  );
});

test('a usual body is changed in place', () => {
  const body = { model: 'tale:1b', messages: [{ role: 'user', content: 'A "model" is a toy.' }], stream: true };
  const text = JSON.stringify(body);
  expect(spliceModel(text, 'tale:1b', 'tale:1b-q4_K_M')).toBe(JSON.stringify({ ...body, model: 'tale:1b-q4_K_M' }));
});
