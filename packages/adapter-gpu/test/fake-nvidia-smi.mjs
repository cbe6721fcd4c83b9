// Stands in for nvidia-smi: the first argument says how it behaves, the second is a file it counts its starts in.
import { appendFileSync, readFileSync } from 'node:fs';

const [mode, countFile, ...args] = process.argv.slice(2);
const KNOWN = ['index', 'uuid', 'memory.total', 'memory.used', 'memory.free', 'utilization.gpu', 'name'];
const query = args.find((arg) => arg.startsWith('--query-gpu='));
const fields = query?.slice('--query-gpu='.length).split(',') ?? [];
const loop = args.find((arg) => arg.startsWith('--loop'));
const kind = loop ? 'loop' : query ? 'query' : args[0];
appendFileSync(countFile, `${kind}\n`);
const starts = readFileSync(countFile, 'utf8')
  .split('\n')
  .filter((line) => line === kind).length;

const row = (device, used) =>
  fields
    .map(
      (field) =>
        ({
          index: device,
          uuid: `GPU-${device}`,
          'memory.total': 8192,
          'memory.used': used,
          'memory.free': 8192 - used,
          name: `Fake ${device}`,
        })[field] ?? '[N/A]',
    )
    .join(', ');
const forever = () => setInterval(() => undefined, 1000);

if (mode === 'hang') forever();
else if (args[0] === '--help-query-gpu') {
  // "lie" claims a field that the query then refuses.
  for (const name of mode === 'lie' ? [...KNOWN, 'mig.mode.current'] : KNOWN) console.log(`"${name}"\nWhat it is.\n`);
} else if (args[0]?.startsWith('--query-compute-apps')) console.log('GPU-0, 4711, 512, ollama');
else if (mode === 'broken') {
  console.log("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.");
  process.exitCode = 9;
} else if (fields.some((field) => !KNOWN.includes(field))) {
  console.log(`Field "${fields.find((field) => !KNOWN.includes(field))}" is not a valid field to query.\n`);
  process.exitCode = 2;
} else if (!loop) {
  if (mode === 'garbage') process.stdout.write('\0\xff, ,,, \n[N/A]\n'.repeat(1000));
  console.log(`${row(0, 100)}\n${row(1, 200)}`);
} else if (mode === 'silent' && starts === 1) forever();
else {
  let used = starts * 1000;
  const tell = () => console.log(`${row(0, ++used)}\n${row(1, used)}`);
  tell();
  if (mode === 'dies') process.exitCode = 1;
  else setInterval(tell, 20);
}
