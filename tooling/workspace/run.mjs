import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Root of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const { packageManager } = JSON.parse(
  (await import('node:fs')).readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

const environment = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', npm_config_update_notifier: 'false' };
// Windows finds .cmd files only through its shell; the arguments below are all our own.
const shell = process.platform === 'win32';

/** Runs a program in the root with its output shown. Returns its exit code. */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, { cwd: root, stdio: 'inherit', env: environment, shell, ...options });
  if (result.error) throw result.error;
  return result.status ?? 1;
}

/** Runs a program quietly; its output is shown only when it fails. Returns its exit code. */
export function runQuietly(program, args) {
  const result = spawnSync(program, args, { cwd: root, encoding: 'utf8', env: environment, shell });
  if (result.error) throw result.error;
  if (result.status !== 0) process.stderr.write(`${result.stdout}${result.stderr}`);
  return result.status ?? 1;
}

/** As `runQuietly`, beside whatever else goes on. */
export function runQuietlyBeside(program, args) {
  const options = { cwd: root, encoding: 'utf8', env: environment, shell, maxBuffer: 64 * 1024 ** 2 };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error !== null) process.stderr.write(`${stdout}${stderr || error.message}`);
      resolve(error === null ? 0 : 1);
    });
  });
}

/** Arguments that run the pinned pnpm through npx. */
export const pnpm = (...args) => ['npx', ['--yes', packageManager, ...args]];

/** Arguments that run turbo, which wants to find pnpm on the path. */
export const turbo = (...args) =>
  pnpm('exec', 'turbo', 'run', ...args, '--output-logs=errors-only', '--log-prefix=none');

/** Arguments that run a program of the workspace's own node_modules. */
export const local = (name, ...args) => ['npx', ['--no-install', name, ...args]];
