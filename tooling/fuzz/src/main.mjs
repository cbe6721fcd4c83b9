import { parseArgs } from 'node:util';
import { fuzzGguf } from './gguf.mjs';

const USAGE = `usage: npm run fuzz -- gguf [--runs N] [--seed S] [--from RUN]

Mutates GGUF headers and feeds them to the reader. The same seed always makes the same runs;
--from RUN --runs 1 repeats one that failed.`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});
const [runs, seed, from] = [values.runs, values.seed, values.from].map(Number);
const valid = positionals[0] === 'gguf' && [runs, seed, from].every((n) => Number.isSafeInteger(n) && n >= 0);

if (values.help || !valid) {
  console.error(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  const report = await fuzzGguf({ runs, seed, from });
  console.log(JSON.stringify({ schema: 'plimsoll.fuzz/1', target: 'gguf', seed, ...report }, null, 2));
  process.exitCode = report.passed ? 0 : 1;
}
