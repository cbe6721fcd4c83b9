import { existsSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((name) => name !== '' && existsSync(path.join(root, name)));

/** Links to files of this repository, without what stands behind `#`. */
const linksOf = (text: string): readonly string[] =>
  [...text.replaceAll(/```[^]*?```/gu, '').matchAll(/\]\(([^)\s]+)\)/gu)]
    .map(([, link = '']) => link.replace(/#.*$/u, ''))
    .filter((link) => link !== '' && !/^[a-z]+:/u.test(link));

test('there are pages, and links in them', () => {
  expect(pages).toContain('README.md');
  expect(linksOf('[a](b.md#c) [d](https://e) `x`')).toEqual(['b.md']);
});

test.each(pages)('%s links to what is there', (page) => {
  const missing = linksOf(readFileSync(path.join(root, page), 'utf8')).filter(
    (link) => !existsSync(path.join(root, path.dirname(page), decodeURI(link))),
  );
  expect(missing).toEqual([]);
});
