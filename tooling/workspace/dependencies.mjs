import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { root } from './run.mjs';

const lock = parse(readFileSync(path.join(root, 'pnpm-lock.yaml'), 'utf8'));

const store = path.join(root, 'node_modules', '.pnpm');
const stored = readdirSync(store);

const manifestAt = (folder) => JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));

/** Folders of the packages that are published, relative to the root. */
export function publishedPackages() {
  return ['packages', 'apps']
    .flatMap((group) => readdirSync(path.join(root, group)).map((name) => `${group}/${name}`))
    .map((folder) => ({ folder, manifest: manifestAt(path.join(root, folder)) }))
    .filter(({ manifest }) => manifest.private !== true);
}

/** Folders of everything in the workspace, published or not. */
export const workspaceFolders = () => Object.keys(lock.importers);

/**
 * Everything that a package of the workspace needs to run, straight from the lock file, so for every system and not
 * only for this one: by `name@version`, with what each needs itself. `kinds` adds other fields of the manifest.
 */
export function dependenciesOf(folder, kinds = ['dependencies', 'optionalDependencies']) {
  const found = new Map();
  const ids = new Map();
  const visitImporter = (place, fields) => {
    if (ids.has(place)) return ids.get(place);
    const { name, version, license } = manifestAt(path.join(root, place));
    const id = `${name}@${version}`;
    ids.set(place, id);
    found.set(id, { name, version, license, isInstalled: true, integrity: null, installScripts: [], needs: [] });
    const importer = lock.importers[place];
    const needed = fields.flatMap((field) => Object.entries(importer?.[field] ?? {}));
    found.get(id).needs = needed.map(([wanted, { version: locked }]) =>
      locked.startsWith('link:')
        ? visitImporter(path.posix.join(place, locked.slice('link:'.length)), ['dependencies', 'optionalDependencies'])
        : visitPackage(wanted, locked),
    );
    return id;
  };
  const visitPackage = (wanted, locked) => {
    // An alias is locked with its real name; peers stand in brackets behind the version.
    const key = lock.snapshots[`${wanted}@${locked}`] === undefined ? locked : `${wanted}@${locked}`;
    const id = key.replace(/\(.*$/u, '');
    if (found.has(id)) return id;
    const at = id.lastIndexOf('@');
    const entry = {
      name: id.slice(0, at),
      version: id.slice(at + 1),
      integrity: lock.packages[id]?.resolution?.integrity ?? null,
      needs: [],
      ...copyOf(key, id.slice(0, at)),
    };
    found.set(id, entry);
    const { dependencies = {}, optionalDependencies = {} } = lock.snapshots[key] ?? {};
    entry.needs = Object.entries({ ...dependencies, ...optionalDependencies }).map(([name, version]) =>
      visitPackage(name, version),
    );
    return id;
  };
  visitImporter(folder, kinds);
  return found;
}

const copies = new Map();

/** As `installed`, looked up once: many packages need the same. */
function copyOf(key, name) {
  const copy = copies.get(key) ?? installed(key, name);
  copies.set(key, copy);
  return copy;
}

/** What only the installed copy says; `isInstalled` is false where the package is for another system. */
function installed(key, name) {
  const shortKey = key.replaceAll('/', '+').replaceAll(')(', '_').replaceAll('(', '_').replaceAll(')', '');
  const folder = [shortKey, folderStartingWith(shortKey)]
    .filter((found) => found !== undefined)
    .map((found) => path.join(store, found, 'node_modules', name))
    .find((found) => existsSync(path.join(found, 'package.json')));
  if (folder === undefined) return { license: null, isInstalled: false, installScripts: [] };
  const { license, licenses, scripts = {} } = manifestAt(folder);
  const hooks = ['preinstall', 'install', 'postinstall'].filter((hook) => scripts[hook] !== undefined);
  const native = existsSync(path.join(folder, 'binding.gyp')) ? ['binding.gyp'] : [];
  return {
    license: license ?? licenses?.[0]?.type ?? null,
    isInstalled: true,
    installScripts: [...hooks, ...native],
  };
}

/** Long names are cut off and hashed by pnpm. */
function folderStartingWith(key) {
  const start = key.replace(/_.*$/u, '');
  return stored.find((name) => name === start || name.startsWith(`${start}_`));
}
