import { parseArgs } from 'node:util';

/**
 * Suites by name, loaded when they run. Each module exports `DEFAULTS`, its options with their defaults, and `run(options)`, which gives a
 * report with `passed` and with `failures` that say what was wrong.
 */
const SUITES = {
  governor: async () => {
    const { DEFAULTS, run } = await import('./governor/governor-chaos.mjs');
    return { DEFAULTS, run };
  },
  translated: async () => {
    const { TRANSLATED: DEFAULTS, run } = await import('./gateway/gateway-chaos.mjs');
    return { DEFAULTS, run };
  },
  soak: async () => {
    const { DEFAULTS, run } = await import('./soak/soak.mjs');
    return { DEFAULTS, run };
  },
  gateway: async () => {
    const { DEFAULTS, run } = await import('./gateway/gateway-chaos.mjs');
    return { DEFAULTS, run };
  },
  engine: async () => {
    const { DEFAULTS, run } = await import('./engine/engine-chaos.mjs');
    return { DEFAULTS, run };
  },
};

const USAGE = `usage: npm run chaos -- [${Object.keys(SUITES).join(' | ')}] [--requests N] [--step-every MS] [--seed S]
                        [--minutes N] [--report FILE]

Each suite disturbs a running server while clients ask, and holds every answer to what it has to be. governor forces a
model to another point of its ladder every few seconds. gateway slows, cuts, kills and restarts the server behind it,
translated one that speaks OpenAI's API alone.
engine asks the engine inside for many short answers, gives others up, and holds its memory to what it was.
soak asks a server for an hour, and writes what became of its memory, sockets and processes; it runs only when it is named.`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    requests: { type: 'string' },
    'step-every': { type: 'string' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    report: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});
const names = positionals.length > 0 ? positionals : Object.keys(SUITES).filter((name) => name !== 'soak');
const given = Object.fromEntries(
  [
    ['requests', values.requests],
    ['stepEveryMs', values['step-every']],
    ['seed', values.seed],
    ['minutes', values.minutes],
  ].flatMap(([name, text]) => (text === undefined ? [] : [[name, Number(text)]])),
);
const valid =
  names.every((name) => Object.hasOwn(SUITES, name)) &&
  Object.values(given).every((number) => Number.isSafeInteger(number) && number > 0);

if (values.help || !valid) {
  console.error(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  for (const name of names) {
    const { DEFAULTS, run } = await SUITES[name]();
    const options = { ...DEFAULTS, ...given, ...(name === 'soak' ? { report: values.report } : {}) };
    const report = await run(options);
    console.log(JSON.stringify({ schema: 'plimsoll.chaos/1', suite: name, ...options, ...report }, null, 2));
    if (!report.passed) process.exitCode = 1;
  }
}
