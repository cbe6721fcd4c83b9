import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleModelPath } from '@plimsoll/sample-model';
import { childrenOf, isAlive } from './processes.mjs';
import { createUser, run, start } from './program.mjs';
import { createTally, faultsOf } from './verdict.mjs';

const bounds = { boundMiB: 700 };

/** Few descriptors, little memory, no home, a home that cannot be written, full disks, a parent that dies. */
export async function tryPlaces() {
  const tally = createTally('places');
  const user = createUser();
  try {
    const model = user.path('fable-f16.gguf');
    copyFileSync(sampleModelPath(), model);
    await tryLimits(tally, user, model);
    await tryMounted(tally, user, model);
    await tryParentsDeath(tally, user, model);
  } finally {
    user.remove();
  }
  return tally;
}

/** What is said where more files would have to be open. */
const FEW = /ulimit -n/u;

const planned = (model) => ['plan', model, '--vram', '8GB'];

async function tryLimits(tally, user, model) {
  const limited = (limit) => ({ wrap: (command) => ['sh', '-c', `ulimit ${limit}; exec "$@"`, 'sh', ...command] });
  const nowhere = { HOME: '', XDG_CONFIG_HOME: '', XDG_DATA_HOME: '', XDG_CACHE_HOME: '' };
  const attempts = [
    ['64 descriptors, plan', planned(model), [0, 1], limited('-n 64')],
    ['32 descriptors, plan', planned(model), [0, 1], limited('-n 32')],
    ['64 descriptors, run', ['run', model, 'Hello'], [1], limited('-n 64'), FEW],
    ['32 descriptors, run', ['run', model, 'Hello'], [1], limited('-n 32'), FEW],
    ['256 descriptors, run', ['run', model, 'Hello'], [0], limited('-n 256')],
    ['a heap of 32 MiB, plan', planned(model), [0], { env: { NODE_OPTIONS: '--max-old-space-size=32' } }],
    ['a heap of 48 MiB, run', ['run', model, 'Hello'], [0, 1], { env: { NODE_OPTIONS: '--max-old-space-size=48' } }],
    ['no home, plan', planned(model), [0], { env: nowhere }],
    ['no home, run', ['run', model, 'Hello'], [0], { env: nowhere }],
  ];
  for (const [name, args, codes, options, says] of attempts) {
    const result = await run(user, args, options);
    tally.add(name, result, faultsOf(result, { codes, says, ...bounds }));
  }
}

/** What is mounted on a folder, what then becomes of commands there, and what they say. */
const MOUNTS = (folder, model, text) => {
  const size = `mount -t tmpfs -o size=256k none ${folder}`;
  const store = { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_CACHE_HOME: folder };
  const full = `${size} && head -c 1000000 /dev/zero > ${folder}/ballast 2>/dev/null`;
  const noSpace = /space|full|ENOSPC|room/iu;
  return [
    ...[
      ['plan', planned(model), [0]],
      ['config set', ['config', 'set', 'ai.quantization_bits', '8'], [1, 2], noSpace],
      [
        'quantize',
        ['quantize', model, '--to', 'Q4_0', '--imatrix', 'none', '--out', `${folder}/out.gguf`],
        ...[[1], noSpace],
      ],
      ['imatrix', ['imatrix', model, '--text', text, '--out', `${folder}/mine.gguf`], [1], noSpace],
      ['run', ['run', model, 'Hello'], [0, 1]],
      ['doctor', ['doctor'], [0, 1, 4], /the disk is full/u],
      ['export', ['stats', '--export', `${folder}/out.jsonl`], [0, 1]],
      ['report', ['plan', model, '--vram', '8GB', '--html', `${folder}/page.html`], [1], noSpace],
    ].map((attempt) => ['a full disk', full, store, attempt]),
    [
      'a full disk for temporary files',
      full,
      { TMPDIR: folder },
      ['plan --exact', ['plan', model, '--vram', '8GB', '--exact'], [0, 1], /could not be written|space|full/iu],
    ],
    ...[
      ['plan', planned(model), [0]],
      ['config set', ['config', 'set', 'ai.quantization_bits', '8'], [1, 2], /writ|read-only/iu],
      ['run', ['run', model, 'Hello'], [0]],
      ['stats', ['stats'], [0, 1]],
      ['doctor', ['doctor'], [0, 1, 4], /read-only/u],
    ].map((attempt) => ['a read-only home', `${size} && mount -o remount,ro ${folder}`, store, attempt]),
  ];
};

/** Each in a namespace of its own, where the system allows that. */
async function tryMounted(tally, user, model) {
  const folder = user.path('mounted');
  mkdirSync(folder);
  const text = user.path('mine.txt');
  writeFileSync(text, 'Once upon a time there was a fox who lived under a hill and knew every path. '.repeat(40));
  for (const [what, mount, env, [name, args, codes, says]] of MOUNTS(folder, model, text)) {
    const wrap = (command) => ['unshare', '-Urm', 'sh', '-c', `${mount}; exec "$@"`, 'sh', ...command];
    const [program, ...rest] = wrap(['true']);
    if (spawnSync(program, rest).status !== 0) tally.skip(`${what}, ${name}`, 'this system allows no mounts');
    else {
      const result = await run(user, args, { env, wrap });
      tally.add(`${what}, ${name}`, result, faultsOf(result, { codes, says, ...bounds }));
    }
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
