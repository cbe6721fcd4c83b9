import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adapterNames } from './names.mjs';

const templates = fileURLToPath(new URL('../templates', import.meta.url));

/**
 * Writes a new adapter package and its changeset below a root, and adds it to the table of backends. The package
 * appears whole or not at all.
 *
 * @param {string} given name of the backend
 * @param {string} root of the workspace
 * @returns {Promise<{ name: string, folder: string, files: string[] }>} files relative to the folder
 */
export async function generateAdapter(given, root) {
  const names = adapterNames(given);
  const folder = join(root, 'packages', `adapter-${names.name}`);
  if (existsSync(folder)) throw new Error(`packages/adapter-${names.name} exists already.`);
  const words = { ...names, ...(await pinnedVersions(root)) };
  const example = fill(await template('examples/tell-a-tale.ts'), words);

  await mkdir(join(root, 'packages'), { recursive: true });
  const unfinished = await mkdtemp(join(root, 'packages', '.new-adapter-'));
  const files = [];
  try {
    for (const path of await templatePaths()) {
      if (path === 'changeset.md') continue;
      const file = path.replaceAll('__name__', names.name);
      await mkdir(dirname(join(unfinished, file)), { recursive: true });
      await writeFile(join(unfinished, file), fill(await template(path), { ...words, example }));
      files.push(file);
    }
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  await mkdir(join(root, '.changeset'), { recursive: true });
  await writeFile(
    join(root, '.changeset', `add-adapter-${names.name}.md`),
    fill(await template('changeset.md'), words),
  );
  await addToTable(names.name, root);
  return { name: names.name, folder, files };
}

/** The one line that makes a backend of the adapter, and the dependency that it needs. */
async function addToTable(name, root) {
  const composition = join(root, 'packages', 'composition');
  const table = join(composition, 'src', 'backends.ts');
  const exported = /^[a-z0-9]+$/.test(name) ? name : `'${name}'`;
  const line = `export { backend as ${exported} } from '@plimsoll/adapter-${name}/backend';\n`;
  await writeFile(table, (await readFile(table, 'utf8')) + line);

  const manifestFile = join(composition, 'package.json');
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8'));
  manifest.dependencies[`@plimsoll/adapter-${name}`] = 'workspace:*';
  const sorted = Object.entries(manifest.dependencies).sort(([a], [b]) => (a < b ? -1 : 1));
  await writeFile(
    manifestFile,
    `${JSON.stringify({ ...manifest, dependencies: Object.fromEntries(sorted) }, null, 2)}\n`,
  );
}

/** The versions that the other adapters use, so that the new one does not add its own. */
async function pinnedVersions(root) {
  const text = await readFile(join(root, 'packages', 'adapter-openai', 'package.json'), 'utf8');
  const { dependencies } = JSON.parse(text);
  return { inversify: dependencies.inversify, reflectMetadata: dependencies['reflect-metadata'] };
}

async function templatePaths() {
  const entries = await readdir(templates, { recursive: true });
  return entries
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.template'))
    .map((path) => path.slice(0, -'.template'.length))
    .sort();
}

function template(path) {
  return readFile(join(templates, `${path}.template`), 'utf8');
}

function fill(text, words) {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, key) => {
    if (words[key] === undefined) throw new Error(`A template asks for an unknown word: ${key}`);
    return words[key];
  });
}
