import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What a script imports by name from a package of the workspace; types are no matter here. */
function namedImports(file: string): readonly { readonly from: string; readonly names: readonly string[] }[] {
  const found = readFileSync(file, 'utf8').matchAll(/^import \{([^}]*)\} from '(@plimsoll\/domain)';/gm);
  return [...found].map(([, names = '', from = '']) => ({
    from,
    names: names
      .split(',')
      .map((name) => name.trim().split(' as ')[0] ?? '')
      .filter((name) => name !== ''),
  }));
}

test('scripts of the tooling, which no compiler reads, name what the domain exports', async () => {
  const scripts = readdirSync(`${root}/tooling`).flatMap((room) => {
    const folder = `${root}/tooling/${room}/src`;
    if (!existsSync(folder)) return [];
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return files.filter((file) => file.endsWith('.mjs')).map((file) => `${folder}/${file}`);
  });
  const missing: string[] = [];
  let looked = 0;
  for (const script of scripts) {
    for (const { from, names } of namedImports(script)) {
      const entry = pathToFileURL(createRequire(script).resolve(from)).href;
      const exported = (await import(/* @vite-ignore */ entry)) as Record<string, unknown>;
      looked += names.length;
      missing.push(...names.filter((name) => !(name in exported)).map((name) => `${script}: ${name}`));
    }
  }
  expect(missing).toEqual([]);
  expect(looked).toBeGreaterThan(20);
});
