import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleModelPath } from '@plimsoll/sample-model';
import { startOllamaDouble } from './ollama-double.mjs';
import { createUser, run, start } from './program.mjs';
import { createTally, faultsOf } from './verdict.mjs';

const bounds = { boundMiB: 700 };
const digestOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');
const sample = (user, name = 'fable-5m-F16.gguf') => {
  copyFileSync(sampleModelPath(), user.path(name));
  return user.path(name);
};

/**
 * Kills commands at random, again and again: whatever they were at, the state that they share is the old or the new,
 * whole, and the next undisturbed run leaves nothing beside it.
 *
 * `setUp` gives the command lines that run at once, how to check after a kill, and how to list what was left beside.
 */
async function killAgain({ group, kills, setUp }) {
  const tally = createTally(`kill -9 of ${group}`);
  const user = createUser();
  const temporary = user.path('tmp');
  mkdirSync(temporary);
  const options = { env: { TMPDIR: temporary } };
  const { commands, check, leftBeside = () => [], close = async () => undefined } = await setUp(user);
  try {
    const whole = await run(user, commands(0)[0], options);
    tally.add('undisturbed', whole, faultsOf(whole, { codes: [0], ...bounds }));
    for (let kill = 1; kill <= kills; kill += 1) {
      const running = commands(kill).map((args) => start(user, args, options));
      await sleep(Math.random() * whole.ms * 1.1 * running.length ** 0.5);
      for (const { child } of running) child.kill('SIGKILL');
      await Promise.all(running.map(({ ended }) => ended));
      const faults = await check(kill);
      tally.figures.lost += faults.length;
      tally.add(`kill ${kill}`, null, faults);
    }
    const last = await run(user, commands(kills + 1)[0], options);
    const left = [...leftBeside(), ...readdirSync(temporary)];
    const faults = faultsOf(last, { codes: [0], ...bounds });
    tally.add('the next run', last, left.length === 0 ? faults : [...faults, `left behind: ${left.join(', ')}`]);
  } finally {
    await close();
    user.remove();
  }
  return tally;
}

/** Names in the user's folder that begin alike, but for those that belong there. */
const beside = (user, start, ...belonging) =>
  readdirSync(user.folder).filter((name) => name.startsWith(start) && !belonging.includes(name));

const settings = (user) => {
  const file = user.path('config.json');
  let before = 1024;
  const values = (kill) => [2048 + kill, 6144 + kill];
  return {
    commands: (kill) =>
      values(kill).map((value) => ['config', 'set', 'ai.context_tokens', `${value}`, '--config', file]),
    check(kill) {
      try {
        const now = JSON.parse(readFileSync(file, 'utf8')).ai.context_tokens;
        const known = [before, ...values(kill - 1), ...values(kill)];
        before = now;
        return known.includes(now) ? [] : [`holds ${now}`];
      } catch (error) {
        return [`cannot be read: ${error.message}`];
      }
    },
    leftBeside: () => beside(user, '.config.json').concat(beside(user, 'config.json', 'config.json')),
  };
};

/** Two imports at once, each of one batch; what was kept once is kept, and each batch is there whole or not at all. */
const store = async (user) => {
  const BATCH = 20;
  const lines = (batch) =>
    Array.from({ length: BATCH }, (_, index) => JSON.stringify(measurement(`${batch}-${index}`))).join('\n');
  const kept = new Map();
  const commands = (kill) => {
    // Reading all of it after each kill would take longer and longer: now and then a new store is begun.
    if (kill % 100 === 0) {
      kept.clear();
      rmSync(user.path('data'), { recursive: true, force: true });
    }
    return ['a', 'b'].map((side) => {
      const file = user.path(`${side}.jsonl`);
      writeFileSync(file, `${lines(`${side}${kill}`)}\n`);
      return ['stats', '--import', file];
    });
  };
  return {
    commands,
    async check() {
      const out = user.path('out.jsonl');
      rmSync(out, { force: true });
      const exported = await run(user, ['stats', '--export', out]);
      if (exported.code !== 0) return [`cannot be read: ${exported.stderr.slice(0, 200)}`];
      const counts = new Map();
      for (const line of linesOf(out)) {
        const [batch] = JSON.parse(line).id.split('-');
        counts.set(batch, (counts.get(batch) ?? 0) + 1);
      }
      const faults = [...counts].filter(([, count]) => count !== BATCH).map(([batch]) => `a part of batch ${batch}`);
      for (const [batch] of kept) if (!counts.has(batch)) faults.push(`batch ${batch} is gone`);
      for (const [batch] of counts) kept.set(batch, true);
      return faults;
    },
  };
};

/** The lines of a file; none of one that is not there. */
const linesOf = (file) =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];

function measurement(id) {
  const none = { quality: null, footprint: null, temperatureC: null, throttled: null, energyJ: null };
  const timings = { promptTokens: 10, cachedPromptTokens: null, generatedTokens: 100, loadMs: 5, prefillMs: 20 };
  return {
    ...{ id, kind: 'generation', atMs: 1, model: 'm', variant: 'm-q4_0', level: 'Q4_0', digest: null },
    ...{ architecture: 'llama', kvCache: 'f16', contextTokens: 4096, gpuLayers: 33 },
    environment: { backend: 'ollama', engineBuild: '1', device: null, driver: null, platform: 'linux-x64' },
    ...{ succeeded: true, errorCode: null, residentBytes: null, comparisonId: null, foreign: false },
    timings: { ...timings, decodeMs: 1000, firstTokenMs: 25, totalMs: 1025 },
    ...none,
  };
}

const quantize = async (user) => {
  const [source, out] = [sample(user), user.path('out.gguf')];
  const sourceDigest = digestOf(source);
  let outDigest = null;
  return {
    // With a matrix, the first run would take many times as long as all others, and kills would come too late.
    commands: () => [['quantize', source, '--to', 'Q4_0', '--imatrix', 'none', '--out', out, '--force']],
    check() {
      if (!existsSync(out)) return ['the result that was there is gone'];
      outDigest ??= digestOf(out);
      return [
        ...(digestOf(out) === outDigest ? [] : ['half a result']),
        ...(digestOf(source) === sourceDigest ? [] : ['the source was changed']),
      ];
    },
    leftBeside: () => beside(user, 'out.gguf', 'out.gguf'),
  };
};

/** What was measured stays, and the same command goes on from it. */
const compare = async (user) => {
  const model = sample(user);
  const measuring = ['--no-quality', '--iterations', '3', '--max-tokens', '8'];
  let most = 0;
  return {
    commands: () => [['compare', model, '--levels', 'F16,Q4_0', '--make', ...measuring]],
    async check() {
      const out = user.path('out.jsonl');
      const exported = await run(user, ['stats', '--export', out]);
      if (exported.code !== 0) return [`cannot be read: ${exported.stderr.slice(0, 200)}`];
      const count = linesOf(out).length;
      const faults = count < most ? [`${most - count} measurements are gone`] : [];
      most = count;
      return faults;
    },
    leftBeside: () => readdirSync(user.folder).filter((name) => name.endsWith('.part')),
  };
};

/** A matrix over a short text of one's own, over the one that is there. */
const imatrix = async (user) => {
  const [source, text, out] = [sample(user), user.path('mine.txt'), user.path('mine.gguf')];
  writeFileSync(text, 'Once upon a time there was a fox who lived under a hill and knew every path. '.repeat(40));
  let digest = null;
  return {
    commands: () => [['imatrix', source, '--text', text, '--out', out, '--force']],
    check() {
      if (!existsSync(out)) return ['the result that was there is gone'];
      digest ??= digestOf(out);
      return digestOf(out) === digest ? [] : ['another result than before'];
    },
    leftBeside: () => beside(user, 'mine.gguf', 'mine.gguf'),
  };
};

/** A source on a server: quantized here from the server's own file, and imported. */
const imported = async (user) => {
  const double = await startOllamaDouble({ 'fable:5m-f16': sample(user, 'weights') });
  const env = ['--backend', 'ollama', '--config', user.path('config.json')];
  writeFileSync(user.path('config.json'), JSON.stringify({ ai: { ollama_host: double.url, registry_lookups: false } }));
  return {
    commands: () => [['quantize', 'fable:5m-f16', '--to', 'Q4_0', ...env]],
    check: () => double.faults(),
    close: () => double.close(),
  };
};

const PULLED = 'registry.example.test/tales/fable:5m';

/** A variant that the server pulls itself; we only watch. It is of a registry that only the server asks. */
const pulled = async (user) => {
  const double = await startOllamaDouble({ [`${PULLED}-q4_0`]: sample(user, 'weights') });
  writeFileSync(user.path('config.json'), JSON.stringify({ ai: { ollama_host: double.url } }));
  return {
    commands: () => [
      ['quantize', `${PULLED}-q4_0`, '--to', 'Q8_0', '--backend', 'ollama', '--config', user.path('config.json')],
    ],
    check: () => double.faults(),
    close: () => double.close(),
  };
};

const KILLED = {
  settings: ['config set in two processes', settings],
  store: ['writes to the store in two processes', store],
  quantize: ['quantize', quantize],
  compare: ['compare', compare],
  imatrix: ['imatrix', imatrix],
  import: ['an import into Ollama', imported],
  pull: ['a pull by Ollama', pulled],
};

/** Parts of the suite, one for each command that is killed. */
export const KILLS = Object.fromEntries(
  Object.entries(KILLED).map(([name, [group, setUp]]) => [
    `kill-${name}`,
    async ({ kills }) => [await killAgain({ group, kills, setUp })],
  ]),
);
