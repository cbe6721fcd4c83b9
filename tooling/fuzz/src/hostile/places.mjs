import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleModelPath } from '@plimsoll/sample-model';
import { createUser, run, start } from './program.mjs';
import { createTally, faultsOf } from './verdict.mjs';

const bounds = { boundMiB: 700 };

/** Few descriptors, a home that cannot be written, a full disk, a parent that dies. */
export async function tryPlaces() {
  const tally = createTally('places');
  const user = createUser();
  try {
    const model = user.path('fable-f16.gguf');
    copyFileSync(sampleModelPath(), model);
    const limited = (limit) => ({ wrap: (command) => ['sh', '-c', `ulimit -n ${limit}; exec "$@"`, 'sh', ...command] });
    for (const descriptors of [64, 32]) {
      const result = await run(user, ['plan', model, '--vram', '8GB'], limited(descriptors));
      tally.add(`${descriptors} descriptors`, result, faultsOf(result, { codes: [0, 1], ...bounds }));
    }
    const noHome = await run(user, ['plan', model, '--vram', '8GB'], {
      env: { HOME: '', XDG_CONFIG_HOME: '', XDG_DATA_HOME: '', XDG_CACHE_HOME: '' },
    });
    tally.add('no home', noHome, faultsOf(noHome, { codes: [0], ...bounds }));
    await tryReadOnlyHome(tally, user, model);
    await tryFullDisk(tally, user, model);
    await tryParentsDeath(tally, user, model);
  } finally {
    user.remove();
  }
  return tally;
}

async function tryReadOnlyHome(tally, user, model) {
  if (process.getuid?.() === 0) return tally.skip('a read-only home', 'the superuser may write everywhere');
  const home = user.path('locked');
  mkdirSync(home);
  chmodSync(home, 0o500);
  const place = { HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home };
  const read = await run(user, ['plan', model, '--vram', '8GB'], { env: place });
  tally.add('a read-only home, plan', read, faultsOf(read, { codes: [0], ...bounds }));
  const written = await run(user, ['config', 'set', 'ai.quantization_bits', '8'], { env: place });
  tally.add('a read-only home, config set', written, faultsOf(written, { codes: [1, 2], says: /writ/iu, ...bounds }));
  chmodSync(home, 0o700);
}

/** Mounts a small file system of its own in a namespace of its own, where the system allows that. */
async function tryFullDisk(tally, user, model) {
  const full = user.path('full');
  mkdirSync(full);
  const inside = (command) => [
    ...['unshare', '-Urm', 'sh', '-c'],
    `mount -t tmpfs -o size=256k none ${full} && head -c 1000000 /dev/zero > ${full}/ballast 2>/dev/null; exec "$@"`,
    ...['sh', ...command],
  ];
  const [program, ...rest] = inside(['true']);
  if (spawnSync(program, rest).status !== 0) return tally.skip('a full disk', 'this system allows no mounts');
  const place = { XDG_CONFIG_HOME: full, XDG_DATA_HOME: full, XDG_CACHE_HOME: full };
  const attempts = [
    ['plan', ['plan', model, '--vram', '8GB'], [0], undefined],
    ['config set', ['config', 'set', 'ai.quantization_bits', '8'], [1, 2], /space|full|ENOSPC/iu],
    ['quantize', ['quantize', model, '--to', 'Q4_0', '--out', `${full}/out.gguf`], [1], /space|full|ENOSPC/iu],
    ['run', ['run', model, 'Hello'], [0, 1], undefined],
  ];
  for (const [name, args, codes, says] of attempts) {
    const result = await run(user, args, { env: place, wrap: inside });
    tally.add(`a full disk, ${name}`, result, faultsOf(result, { codes, says, ...bounds }));
  }
}

/** The engine is a process of its own: when the program is killed it must not go on alone. */
async function tryParentsDeath(tally, user, model) {
  if (!existsSync('/proc/self/task')) return tally.skip('the death of the parent', 'there is no /proc to look in');
  const { child, ended } = start(user, ['run', model, 'Once upon a time', '--max-tokens', '4000']);
  let engines = [];
  for (let look = 0; look < 600 && engines.length === 0; look += 1) {
    await sleep(100);
    engines = childrenOf(child.pid);
  }
  child.kill('SIGKILL');
  await ended;
  let alive = engines;
  for (let look = 0; look < 600 && alive.length > 0; look += 1) {
    await sleep(100);
    alive = alive.filter(isAlive);
  }
  const faults = engines.length === 0 ? ['no engine was started'] : alive.map((pid) => `process ${pid} goes on alone`);
  tally.add('the death of the parent', null, faults);
}

function childrenOf(pid) {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return list === '' ? [] : list.split(' ').map(Number);
  } catch {
    return [];
  }
}

function isAlive(pid) {
  try {
    return !/^State:\s+Z/mu.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
