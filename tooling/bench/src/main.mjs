import { pathToFileURL } from 'node:url';

/** Benchmarks by name; each module exports `bench(options)` and gives rows with a ratio and where it came from. */
const benches = {
  startup: './startup/startup-bench.mjs',
  header: './header/header-bench.mjs',
  decode: './engine/decode-bench.mjs',
  serve: './engine/serve-bench.mjs',
  quantize: './engine/quantize-bench.mjs',
  quality: './quality/quality-bench.mjs',
  mixed: './mixed/mixed-bench.mjs',
  'mixed-second': './mixed/second-bench.mjs',
  'mixed-work': './mixed/work-bench.mjs',
  'mixed-fastest': './mixed/fastest-bench.mjs',
  speed: './speed/speed-bench.mjs',
  store: './store/store-bench.mjs',
  footprint: './footprint/footprint-bench.mjs',
  plan: './plan/plan-bench.mjs',
  governor: './governor/governor-bench.mjs',
  gateway: './gateway/gateway-bench.mjs',
  photos: './photos/photos-bench.mjs',
  'photo-queue': './photo-queue/photo-queue-bench.mjs',
};

const usage = `usage: npm run bench -- [${Object.keys(benches).join(' | ')}] …   (all, when none is named)`;

async function main(names) {
  const unknown = names.filter((name) => !(name in benches));
  if (unknown.length > 0) {
    process.stderr.write(`There is no benchmark ${unknown.join(', ')}.\n${usage}\n`);
    return 2;
  }
  let missed = 0;
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    process.stderr.write(`${name} …\n`);
    const { bench } = await import(new URL(benches[name], import.meta.url));
    // A long benchmark gives its rows one by one.
    for await (const row of await bench({})) {
      process.stdout.write(`${JSON.stringify({ benchmark: name, ...row })}\n`);
      if (row.passed === false) missed += 1;
    }
  }
  if (missed > 0) process.stderr.write(`${missed} bounds missed\n`);
  return missed === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = await main(process.argv.slice(2));
