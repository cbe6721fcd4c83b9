import { parseArgs } from 'node:util';
import { fuzzGguf } from './gguf.mjs';
import { tryGovernor } from './governor/governor.mjs';
import { PARTS, tryHostile } from './hostile/hostile.mjs';

const USAGE = `usage: npm run fuzz -- gguf [--runs N] [--seed S] [--from RUN]
       npm run fuzz -- governor [--runs N] [--seed S]
       npm run fuzz -- hostile [PART …] [--kills N] [--every N]

Mutates GGUF headers and feeds them to the reader. The same seed always makes the same runs;
--from RUN --runs 1 repeats one that failed.

governor runs random machines under random weather and holds the governor to its promises (100,000 traces).

hostile runs the built program on hostile ground; all parts unless some are named:
  ${Object.keys(PARTS).join(', ')}
--kills N ends each of the commands of kill-… so often with SIGKILL; --every N takes each N-th of
the model files, the templates and the changes.`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    kills: { type: 'string', default: '1000' },
    every: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
const RUNS = { gguf: 1_000_000, governor: 100_000 };
const [target, ...named] = positionals;
const [runs, seed, from, kills, every] = [
  values.runs ?? RUNS[target] ?? 0,
  ...[values.seed, values.from, values.kills, values.every],
].map(Number);
const parts = named.length === 0 ? Object.keys(PARTS) : named;
const valid =
  (Object.hasOwn(RUNS, target ?? '')
    ? named.length === 0
    : target === 'hostile' && parts.every((part) => Object.hasOwn(PARTS, part))) &&
  [runs, seed, from, kills, every].every((n) => Number.isSafeInteger(n) && n >= 0) &&
  every > 0;

if (values.help || !valid) {
  console.error(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  const TARGETS = {
    gguf: async () => ({ seed, ...(await fuzzGguf({ runs, seed, from })) }),
    governor: async () => ({ seed, ...tryGovernor({ runs, seed }) }),
    hostile: () => tryHostile({ parts, kills, every }),
  };
  const report = await TARGETS[target]();
  console.log(JSON.stringify({ schema: 'plimsoll.fuzz/1', target, ...report }, null, 2));
  process.exitCode = report.passed ? 0 : 1;
}
