import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { scriptJson, scriptText } from './html.js';

test('JSON for a script element holds no tag and is still the same value', () => {
  const value = { a: '</script><!--', b: [1, null] };
  expect(scriptJson(value)).not.toContain('<');
  expect(JSON.parse(scriptJson(value))).toEqual(value);
});

test('a program keeps its meaning when its texts are made safe', () => {
  const program = "'</SCRIPT><!--' + (1 < 2)";
  expect(scriptText(program)).not.toMatch(/<\/script|<!--/i);
  expect(runInNewContext(scriptText(program))).toBe('</SCRIPT><!--true');
});
