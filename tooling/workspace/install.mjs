import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dependenciesOf, publishedPackages } from './dependencies.mjs';
import { pnpm, root } from './run.mjs';

/**
 * What a user of npm gets: the built packages are packed, installed with plain npm and without install scripts in an empty
 * folder, weighed, and tried: the command line, the server and the SDK. Needs a build and npm's registry.
 */
const MOST_BYTES = 200e6;
const ENTRIES = ['apps/cli', 'packages/sdk'];

const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-install-'));
const home = path.join(folder, 'home');
const place = path.join(folder, 'place');
const environment = { PATH: process.env.PATH, HOME: home, npm_config_update_notifier: 'false' };
try {
  for (const made of [home, place]) mkdirSync(made);
  writeFileSync(path.join(place, 'package.json'), JSON.stringify({ name: 'place', private: true, type: 'module' }));
  const archives = pack();
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  demand('npm', ['install', ...flags, ...archives], { env: process.env });
  const bytes = bytesIn(path.join(place, 'node_modules'));
  const model = path.join(place, 'node_modules/@plimsoll/sample-model/models/fable-5m-f16.gguf');
  const plimsoll = (...args) => demand('npx', ['--no-install', 'plimsoll', ...args]);
  plimsoll('--version');
  plimsoll('plan', model, '--json');
  plimsoll('run', model, '--raw', '--max-tokens', '4', '--level', 'F16', 'Once upon a time');
  await serve();
  const program = `import { createPlimsoll } from '@plimsoll/sdk';
    const plimsoll = await createPlimsoll({ settings: { backend: 'embedded', modelsFolder: ${JSON.stringify(home)} } });
    console.log((await plimsoll.listModels()).length);
    await plimsoll.close();`;
  writeFileSync(path.join(place, 'sdk.js'), program);
  demand(process.execPath, ['sdk.js']);
  process.stdout.write(`${(bytes / 1e6).toFixed(1)} MB are installed; all parts answer without install scripts.\n`);
  if (bytes > MOST_BYTES) throw new Error(`More than ${MOST_BYTES / 1e6} MB are installed.`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Packs the command line, the SDK and all of ours that they need. */
function pack() {
  const needed = new Set(ENTRIES.flatMap((entry) => [...dependenciesOf(entry).values()].map(({ name }) => name)));
  const packages = publishedPackages().filter(({ manifest }) => needed.has(manifest.name));
  const archives = path.join(folder, 'archives');
  const filters = packages.flatMap(({ manifest }) => ['--filter', manifest.name]);
  const [program, args] = pnpm('--recursive', ...filters, 'pack', '--pack-destination', archives);
  demand(program, args, { cwd: root, env: process.env });
  return readdirSync(archives).map((name) => path.join(archives, name));
}

/** Starts the server, waits until it is well, and ends it. */
async function serve() {
  const port = 20_000 + (process.pid % 20_000);
  const options = { cwd: place, env: { ...environment, PLIMSOLL_HTTP_PORT: String(port) }, stdio: 'ignore' };
  const server = spawn(process.execPath, ['node_modules/plimsoll/bin/plimsoll.js', 'serve'], options);
  const ended = new Promise((resolve) => server.once('close', resolve));
  try {
    for (let look = 0; look < 200; look++) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/version`).catch(() => null);
      if (answer?.ok === true) return;
      await sleep(100);
    }
    throw new Error('plimsoll serve did not answer.');
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

function demand(program, args, options = {}) {
  const result = spawnSync(program, args, { cwd: place, env: environment, encoding: 'utf8', ...options });
  if (result.status === 0) return;
  throw new Error(
    `${program} ${args.slice(0, 3).join(' ')} failed:\n${result.stdout ?? ''}${result.stderr ?? result.error}`,
  );
}

function bytesIn(parent) {
  return readdirSync(parent, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
