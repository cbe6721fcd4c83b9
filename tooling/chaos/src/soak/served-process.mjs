import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleModelPath } from '@plimsoll/sample-model';

const PROGRAM = fileURLToPath(new URL('../../../../apps/cli/bin/plimsoll.js', import.meta.url));
const MODEL = 'fable-5m';
const KIB_PER_MIB = 1024;

/** `plimsoll serve` as a process of its own, with the sample model at some levels, and how to look at it from outside. */
export async function startServe(levels) {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-soak-'));
  await copyFile(sampleModelPath(), join(folder, `${MODEL}-F16.gguf`));
  const config = join(folder, 'config.json');
  await writeFile(
    config,
    JSON.stringify({
      ai: { llm_provider: 'embedded', models_folder: folder, quantization_level: 'F16' },
      store: { file: join(folder, 'measurements.db') },
    }),
  );
  const environment = { ...process.env, PLIMSOLL_CONFIG: config, HOME: folder };
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0', '--json'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const { url } = JSON.parse(await firstDocument(child.stdout));
  for (const quantize of levels.filter((level) => level !== 'F16')) {
    const body = JSON.stringify({ model: `${MODEL}-${quantize}`, from: `${MODEL}-F16`, quantize, stream: false });
    const made = await fetch(`${url}/api/create`, { method: 'POST', body });
    if (!made.ok) throw new Error(`${quantize} was not made: ${await made.text()}`);
  }
  return {
    ...{ url, model: MODEL },
    async setLevel(quantizationLevel) {
      const body = JSON.stringify({ quantizationLevel });
      const set = await fetch(`${url}/api/plimsoll/v1/settings`, { method: 'PUT', body });
      if (!set.ok) throw new Error(`The level was not set: ${await set.text()}`);
    },
    async sample() {
      const children = await descendants(child.pid);
      const engines = await Promise.all(children.map(residentMiB));
      return {
        atMs: Date.now(),
        rssMiB: await residentMiB(child.pid),
        enginesMiB: engines.reduce((sum, one) => sum + one, 0),
        processes: children.length,
        ...(await handles(child.pid)),
      };
    },
    /** Ends it, and gives the processes that it has left behind. */
    async stop() {
      const children = await descendants(child.pid);
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
      const alive = await Promise.all(children.map(async (pid) => ((await isAlive(pid)) ? [pid] : [])));
      return alive.flat();
    },
  };
}

async function firstDocument(stdout) {
  let text = '';
  for await (const piece of stdout) {
    text += piece;
    try {
      JSON.parse(text);
      // What it prints later is not read, and must not fill the pipe.
      stdout.resume();
      return text;
    } catch {
      continue;
    }
  }
  throw new Error(`It did not start: ${text}`);
}

async function residentMiB(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / KIB_PER_MIB;
}

async function handles(pid) {
  const names = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  return { files: targets.length, sockets: targets.filter((target) => target.startsWith('socket:')).length };
}

async function descendants(pid) {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const children = text.split(' ').filter(Boolean).map(Number);
  const below = await Promise.all(children.map(descendants));
  return [...children, ...below.flat()];
}

async function isAlive(pid) {
  return readFile(`/proc/${pid}/stat`, 'utf8').then(
    (stat) => !/\) [ZX] /.test(stat),
    () => false,
  );
}
