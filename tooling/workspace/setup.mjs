import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { pnpm, root, run, runQuietly, turbo } from './run.mjs';

const stampFile = path.join(root, 'node_modules', '.plimsoll-setup.json');

const hashOf = (parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
};

const workspaceFolders = () =>
  ['packages', 'apps', 'tooling'].flatMap((group) =>
    readdirSync(path.join(root, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.join(root, group, entry.name)),
  );

/** What an install depends on: the lock file, the workspace file and every manifest. */
const installKey = () =>
  hashOf(
    ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']
      .map((name) => path.join(root, name))
      .concat(workspaceFolders().map((folder) => path.join(folder, 'package.json')))
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file)),
  );

const sourceFiles = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist', '.turbo', 'models'].includes(entry.name)) return [];
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? sourceFiles(file) : [file];
  });

/** What a build depends on, by name, size and time of each file: cheap enough to look at on every start. */
const buildKey = () =>
  hashOf(
    workspaceFolders()
      .filter((folder) => !folder.includes(`${path.sep}tooling${path.sep}`))
      .flatMap(sourceFiles)
      .concat(path.join(root, 'tsconfig.base.json'))
      .sort()
      .map((file) => `${file} ${statSync(file).size} ${statSync(file).mtimeMs}`),
  );

const readStamp = () => {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
};

/** Installs and builds what is not there yet. Does nothing, in well under a second, when all is current. */
export function setup({ quiet = false } = {}) {
  const say = (text) => process.stderr.write(`${text}\n`);
  const stamp = readStamp();
  const install = installKey();
  if (stamp.install !== install) {
    say('Installing the dependencies (pinned by pnpm-lock.yaml) …');
    const [program, args] = pnpm('install', '--frozen-lockfile', '--prefer-offline', '--reporter=silent');
    if ((quiet ? runQuietly : run)(program, args) !== 0) {
      rmSync(stampFile, { force: true });
      throw new Error('The dependencies could not be installed. Check the network and the messages above.');
    }
  }
  if (stamp.install !== install || stamp.build !== buildKey()) {
    say('Building the packages …');
    const [program, args] = turbo('build');
    if (runQuietly(program, args) !== 0) throw new Error('The build failed; the messages above say where.');
    // The first install found no built command to link.
    if (stamp.install !== install)
      runQuietly(...pnpm('install', '--frozen-lockfile', '--offline', '--reporter=silent'));
  }
  mkdirSync(path.dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify({ install: installKey(), build: buildKey() }));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    setup();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
