import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { whereItLies } from '../examples/where-it-lies.js';

test('the example prints a path that exists', () => {
  const lines: string[] = [];
  whereItLies((text) => lines.push(text));
  expect(existsSync(lines[0]?.split('bytes: ')[1] ?? '')).toBe(true);
});
