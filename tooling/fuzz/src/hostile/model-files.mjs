import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createGguf } from '@plimsoll/testing/gguf';
import { emptyTextsKey, withKeys } from './gguf-keys.mjs';
import { createUser, run } from './program.mjs';
import { createTally, faultsOf } from './verdict.mjs';

const METADATA = {
  'general.architecture': 'llama',
  'general.name': 'm',
  'llama.block_count': 1,
  'llama.context_length': 128,
  'llama.embedding_length': 32,
  'llama.feed_forward_length': 64,
  'llama.attention.head_count': 1,
};
const TENSORS = [{ name: 'token_embd.weight', type: 'F32', shape: [32, 4] }];

const gguf = (metadata = {}, tensors = TENSORS) =>
  Buffer.from(createGguf({ metadata: { ...METADATA, ...metadata }, tensors }));
const withData = (header, bytes = 4096) => Buffer.concat([header, Buffer.alloc(bytes)]);

/** A valid file with the bytes at a place replaced by a little-endian number. */
function patched(place, value, width = 8) {
  const bytes = withData(gguf());
  if (width === 8) bytes.writeBigUInt64LE(BigInt(value), place);
  else bytes.writeUInt32LE(value, place);
  return bytes;
}

const [VERSION, TENSOR_COUNT, KEY_COUNT, FIRST_KEY_LENGTH] = [4, 8, 16, 24];

/** The offset of a text inside the valid file, from which its neighbours are found. */
function placeOf(word, after = 0) {
  const place = withData(gguf()).indexOf(word);
  if (place < 0) throw new Error(`There is no ${word} in the file.`);
  return place + word.length + after;
}

const ENORMOUS = [2n ** 63n - 1n, 2n ** 64n - 1n, 2n ** 32n, 10n ** 9n, 2n ** 53n + 1n];

const numbers = (what, place) =>
  ENORMOUS.map((value) => [`${value} as ${what}`, (file) => writeFileSync(file, patched(place, value))]);

const POSSIBLY_0 = new Set(['attention.head_count', 'feed_forward_length']);

const metadataCases = [-5, 0, 4_294_967_295, Number.NaN, 'text', true].flatMap((value) =>
  ['block_count', 'context_length', 'embedding_length', 'attention.head_count', 'feed_forward_length'].map((key) => [
    `${String(value)} as ${key}`,
    (file) => writeFileSync(file, withData(gguf({ [`llama.${key}`]: value }))),
    // No layer needs attention or a feed-forward network, so 0 is possible there.
    ...(value === 0 && POSSIBLY_0.has(key) ? [] : [`llama.${key}`]),
  ]),
);

const bytes = (make) => (file) => writeFileSync(file, make());

/**
 * What a model file can be: how it comes there, and the key at fault where that is one. Nothing of it may crash, hang,
 * or be taken for a model that runs.
 */
const CASES = [
  ['nothing at all', () => undefined],
  ['an empty file', bytes(() => '')],
  ['one byte', bytes(() => 'G')],
  ['the magic alone', bytes(() => 'GGUF')],
  ['another magic', bytes(() => `FUGG${'\0'.repeat(4096)}`)],
  ['text', bytes(() => 'this is no model\n'.repeat(1000))],
  ['zeros', bytes(() => Buffer.alloc(65_536))],
  ...[0, 1, 99, 0x03000000].map((version) => [
    `version ${version}`,
    (file) => writeFileSync(file, patched(VERSION, version, 4)),
  ]),
  ...numbers('the number of tensors', TENSOR_COUNT),
  ...numbers('the number of keys', KEY_COUNT),
  ...numbers('the length of a key', FIRST_KEY_LENGTH),
  ...numbers('a dimension', placeOf('token_embd.weight', 4)),
  ...numbers('the other dimension', placeOf('token_embd.weight', 12)),
  ...numbers('the offset of a tensor', placeOf('token_embd.weight', 24)),
  [
    'a type of tensor that there is not',
    (file) => writeFileSync(file, patched(placeOf('token_embd.weight', 20), 4711, 4)),
  ],
  ['4 billion dimensions', (file) => writeFileSync(file, patched(placeOf('token_embd.weight', 0), 2 ** 32 - 1, 4))],
  ...metadataCases,
  ['a prototype key', bytes(() => withData(gguf({ ['__proto__x']: 'x', constructor: 'y', 'llama.__proto__': 1 })))],
  ['a name of a megabyte', bytes(() => withData(gguf({ 'general.name': 'N'.repeat(2 ** 20) })))],
  ['a name that acts on terminals', bytes(() => withData(gguf({ 'general.name': '\u001b[2J\u202e\0\r\n' })))],
  ['a vocabulary of ten million', bytes(() => withKeys(withData(gguf()), emptyTextsKey('tokenizer.ggml.tokens', 1e7)))],
  ['an architecture nobody knows', bytes(() => withData(gguf({ 'general.architecture': 'steamship' })))],
  ['a tensor twice', bytes(() => withData(gguf({}, [...TENSORS, ...TENSORS])))],
  [
    'a thousand tensors without data',
    bytes(() =>
      gguf(
        {},
        Array.from({ length: 1000 }, (_, i) => ({ ...TENSORS[0], name: `t${i}` })),
      ),
    ),
  ],
  [
    'a template without end',
    bytes(() => withData(gguf({ 'tokenizer.chat_template': '{% for i in range(999999999) %}x{% endfor %}' }))),
  ],
  ['a template that nests', bytes(() => withData(gguf({ 'tokenizer.chat_template': '{% if 1 %}'.repeat(50_000) })))],
  ...[1, 8, 23, 24, 40, 100, 200].map((length) => [
    `the first ${length} bytes of a file`,
    (file) => writeFileSync(file, withData(gguf()).subarray(0, length)),
  ]),
  ['a hole of 8 TB behind a header', (file) => (writeFileSync(file, gguf()), truncateSync(file, 8 * 2 ** 40))],
  [
    'part 1 of 9 that are not there',
    (file) => writeFileSync(file, withData(gguf({ 'split.no': 0, 'split.count': 9 }))),
  ],
  ['part 7 of 2', (file) => writeFileSync(file, withData(gguf({ 'split.no': 7, 'split.count': 2 })))],
  ['a directory', (file) => mkdirSync(file)],
  ['a link to itself', (file) => symlinkSync(file, file)],
  ['a link to /dev/zero', (file) => symlinkSync('/dev/zero', file)],
  ['a pipe', (file) => execFileSync('mkfifo', [file])],
];

const COMMANDS = [
  ['inspect', '--tensors', '--metadata'],
  ['plan', '--vram', '8GB'],
  ['quantize', '--to', 'Q4_0'],
  ['run', 'Hello'],
];

const bounds = { codes: [0, 1, 2, 3], boundMiB: 200 };

/** What a key is at fault for is said before anything else is done; `inspect` shows it. */
const refused = (key) => ({ ...bounds, codes: [1], says: new RegExp(`${key.replaceAll('.', '\\.')} is `, 'u') });

/**
 * A file that a plan can be made for leads `run` to measure the bandwidth of RAM, which it does once for a user, in
 * 384 MiB, while the machine is not busy. All that is refused before stays below the common bound.
 */
const planned = { ...bounds, boundMiB: 700 };

function boundsOf(command, key) {
  if (key !== undefined && command !== 'inspect') return refused(key);
  return command === 'run' ? planned : bounds;
}

/** Hostile model files under every command that reads one. `every` takes each so-many-th case. */
export async function tryModelFiles({ every = 1 } = {}) {
  const tally = createTally('model files');
  for (const [index, [name, make, key]] of CASES.entries()) {
    if (index % every !== 0) continue;
    const user = createUser();
    try {
      const file = user.path('model.gguf');
      make(file);
      for (const [command, ...flags] of COMMANDS) {
        const result = await run(user, [command, file, ...flags]);
        tally.add(`${name}, ${command}`, result, faultsOf(result, boundsOf(command, key)));
      }
    } finally {
      user.remove();
    }
  }
  return tally;
}
