import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createUser, run } from './program.mjs';
import { createTally, faultsOf } from './verdict.mjs';

const BITS = 'ai.quantization_bits';
const EIGHT = `{"ai": {"quantization_bits": 8}}`;

const text = (content) => (file) => writeFileSync(file, content);

/** What stands where the configuration should: how it comes there, the exit codes allowed, and what is said. */
const CASES = [
  ['nothing', () => undefined, [2], /no configuration file/u],
  ['an empty file', text(''), [0]],
  ['50 MB', text(`{"ai": {}}${' '.repeat(50_000_000)}`), [2], /at most/u],
  ['50 MB of one word', text(`{"ai": {"llm_model": "${'x'.repeat(50_000_000)}"}}`), [2], /at most/u],
  ['a nesting of 100,000', text('['.repeat(100_000) + ']'.repeat(100_000)), [2]],
  ['a nesting of 1,000 inside', text(`{"ai": ${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}}`), [2], /nested/u],
  [
    '60,000 unknown keys',
    text(`{"ai": {${Array.from({ length: 60_000 }, (_, key) => `"k${key}":1`).join(',')}}}`),
    [0, 2],
  ],
  ['an array of 400,000', text(`{"ai": [${'1,'.repeat(400_000)}1]}`), [2]],
  ['a prototype key', text('{"__proto__": {"ai": {"quantization_bits": 2}}}'), [0, 2]],
  ['a prototype key inside', text('{"ai": {"__proto__": {"quantization_bits": 2}}}'), [0, 2]],
  ['a constructor key', text('{"constructor": {"prototype": {"ai": 1}}, "ai": {"toString": 1}}'), [0, 2]],
  ['an override named __proto__', text('{"ai": {"model_overrides": {"__proto__": {"quantization_bits": 2}}}}'), [0, 2]],
  ['a byte order mark', text(`\uFEFF${EIGHT}`), [0], /8/u],
  ['CRLF', text('{\r\n  "ai": {\r\n    "quantization_bits": 8\r\n  }\r\n}\r\n'), [0], /8/u],
  ['duplicates', text('{"ai": {"quantization_bits": 2, "quantization_bits": 8}}'), [0], /8/u],
  ['a comment', text(`// mine\n${EIGHT}`), [2], /comments/u],
  ['a comma at the end', text('{"ai": {"quantization_bits": 8,}}'), [2], /comma/u],
  ['half a file', text('{"ai": {"quantizat'), [2], /not valid JSON/u],
  ['an array', text('[1, 2]'), [2], /object/u],
  ['null', text('null'), [2], /object/u],
  ['a wrong type', text('{"ai": {"quantization_bits": "eight"}}'), [2], /quantization_bits/u],
  ['an endless number', text(`{"ai": {"quantization_bits": ${'9'.repeat(10_000)}}}`), [2], /quantization_bits/u],
  ['a section that is a text', text('{"ai": "all"}'), [2], /ai/u],
  ['bytes that are no UTF-8', (file) => writeFileSync(file, Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), [2]],
  ['zeros', (file) => writeFileSync(file, Buffer.alloc(4096)), [2]],
  ['escapes for the terminal', text('{"ai": {"\\u001b[2Jx\\u202e": 1, "llm_model": "\\u001b]0;x\\u0007"}}'), [0, 2]],
  ['a directory', (file) => mkdirSync(file), [1, 2], /./u],
  ['a link to a file', linked(EIGHT), [0], /8/u],
  ['a link to nothing', (file) => symlinkSync('nowhere.json', file), [0, 1, 2]],
  ['a link to itself', (file) => symlinkSync(file, file), [1, 2], /./u],
  ['a link to /dev/zero', (file) => symlinkSync('/dev/zero', file), [2], /device/u],
  ['a pipe', (file) => execFileSync('mkfifo', [file]), [2], /pipe/u],
];

function linked(content) {
  return (file) => {
    writeFileSync(`${file}.real`, content);
    symlinkSync(`${file}.real`, file);
  };
}

const bounds = { boundMiB: 400 };

/** Hostile configuration files, read and changed. What cannot be read is not overwritten either. */
export async function tryConfigurations({ most = Infinity } = {}) {
  const tally = createTally('configuration');
  for (const [name, make, codes, says] of CASES.slice(0, most)) {
    const user = createUser();
    try {
      const file = user.path('config.json');
      make(file);
      const read = await run(user, ['config', 'get', BITS, '--config', file]);
      tally.add(`${name}, read`, read, faultsOf(read, { codes, says, ...bounds }));
      const before = contentOf(file);
      const changed = await run(user, ['config', 'set', BITS, '4', '--config', file]);
      const faults = faultsOf(changed, { codes: [0, 1, 2], ...bounds });
      if (changed.code !== 0 && contentOf(file) !== before) faults.push('changed a file that it refused');
      if (changed.code === 0) {
        const again = await run(user, ['config', 'get', BITS, '--config', file]);
        if (again.code !== 0 || !again.stdout.includes('4')) faults.push('does not hold what was set');
        if (name.startsWith('a link to a file') && !lstatSync(file).isSymbolicLink()) faults.push('replaced the link');
      }
      tally.add(`${name}, changed`, changed, faults);
    } finally {
      user.remove();
    }
  }
  return tally;
}

function contentOf(file) {
  try {
    return lstatSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file, 'base64') : null;
  } catch {
    return null;
  }
}
