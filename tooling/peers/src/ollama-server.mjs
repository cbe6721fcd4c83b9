import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateOllama } from './ollama-recipe.mjs';

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;
/** As much of its log as an error quotes. */
const KEPT_LOG = 8_192;

/**
 * Starts a built Ollama server on a free port of the loopback address, with a home and a models folder of its own.
 *
 * @param {string} version
 * @param {Record<string, string>} [environment] what to set beside these
 */
export async function startOllama(version, environment = {}) {
  const program = locateOllama(version);
  if (program === null) throw new Error(`Ollama ${version} is not built; run npm run peers.`);
  const home = await mkdtemp(join(tmpdir(), 'plimsoll-ollama-'));
  const models = join(home, 'models');
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('OLLAMA_'));
  const server = spawn(program, ['serve'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
    // A group of its own, so that the runners that it starts go with it, however it ends.
    detached: true,
    env: {
      ...Object.fromEntries(inherited),
      ...{ HOME: home, USERPROFILE: home, OLLAMA_HOST: '127.0.0.1:0', OLLAMA_MODELS: models },
      ...environment,
    },
  });
  const kill = () => {
    try {
      process.kill(-server.pid, 'SIGKILL');
    } catch {
      // Nothing of it is left.
    }
  };
  process.once('exit', kill);
  const ended = new Promise((resolve) => server.once('close', resolve));
  const stop = async () => {
    process.off('exit', kill);
    const impatient = setTimeout(kill, STOP_LIMIT_MS);
    server.kill('SIGTERM');
    await ended;
    clearTimeout(impatient);
    kill();
    await rm(home, { recursive: true, force: true, maxRetries: 10 });
  };
  try {
    const host = await listening(server);
    return { version, host, models, pid: server.pid, stop };
  } catch (error) {
    await stop();
    throw new Error(`Ollama ${version} did not start: ${error.message}`, { cause: error });
  }
}

/** The server logs the port that the system chose for it. */
function listening(server) {
  return new Promise((resolve, reject) => {
    let log = '';
    const timer = setTimeout(() => reject(new Error(`silent for ${START_LIMIT_MS / 1000} s\n${log}`)), START_LIMIT_MS);
    const settle = (act) => (value) => {
      clearTimeout(timer);
      act(value);
    };
    server.once('error', settle(reject));
    server.once('exit', (code, signal) => settle(reject)(new Error(`ended with ${code ?? signal}\n${log}`)));
    server.stderr.setEncoding('utf8').on('data', (text) => {
      log = `${log}${text}`.slice(-KEPT_LOG);
      const address = /Listening on (127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (address !== undefined) settle(resolve)(`http://${address}`);
    });
  });
}
