// Writes the ten traces of ../traces. They are made, not recorded: each shows one thing that happens to machines.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const GIB = 1024 ** 3;
const gib = (value) => Math.round(value * GIB);
const MINUTE = 60_000;

// Llama 3.1 8B on an RTX 4060: bytes by `plimsoll plan`, losses of the published table, speeds by its prior. Powers are made up, and no lower at a lower level on purpose.
const LLAMA = [
  { level: 'Q5_K_M', deviceBytes: gib(6.1), loss: 0.0108, tokensPerSecond: 29, powerW: 118 },
  { level: 'Q4_K_M', deviceBytes: gib(5.41), loss: 0.0313, tokensPerSecond: 33, powerW: 110 },
  { level: 'Q4_K_M', deviceBytes: gib(4.9), loss: 0.0323, tokensPerSecond: 32, cache: 'q8_0', powerW: 110 },
  { level: 'Q3_K_M', deviceBytes: gib(4.0), loss: 0.102, tokensPerSecond: 36, cache: 'q8_0', powerW: 121 },
  { level: 'Q2_K', deviceBytes: gib(3.2), loss: 0.446, tokensPerSecond: 41, cache: 'q8_0', powerW: 112 },
];
const SMALL = [
  { level: 'Q8_0', deviceBytes: gib(3.6), loss: 0.0014, tokensPerSecond: 55 },
  { level: 'Q4_K_M', deviceBytes: gib(2.2), loss: 0.04, tokensPerSecond: 80 },
];
const model = (rungs, name = 'llama', loadMs = 3000) => ({ name, loadMs, rungs });
const card = (name, about, minutes, models, rest = {}) => ({
  kind: 'machine',
  name,
  about,
  durationMs: minutes * MINUTE,
  deviceBytes: gib(8),
  hostBytes: gib(32),
  models,
  ...rest,
});

/** A request every so often. */
const requests = (minutes, everyMs, tokens = 100, name = 'llama', fromMs = 1000) =>
  Array.from({ length: Math.floor((minutes * MINUTE - fromMs - 30_000) / everyMs) }, (_, index) => ({
    atMs: fromMs + index * everyMs,
    request: { model: name, tokens },
  }));
/** A quantity that changes evenly, once a second. */
const ramp = (key, fromMs, toMs, from, to, write = gib) => {
  const seconds = Math.round((toMs - fromMs) / 1000);
  return Array.from({ length: seconds + 1 }, (_, index) => ({
    atMs: fromMs + index * 1000,
    [key]: write(from + ((to - from) * index) / seconds),
  }));
};
const celsius = (value) => Math.round(value * 10) / 10;

const TRACES = {
  'game-comes-and-goes': [
    card('A game comes and goes', 'A game takes 2.4 GiB over 50 seconds, stays for ten minutes and leaves.', 30, [
      model(LLAMA),
    ]),
    { atMs: 0, foreignBytes: gib(0.6) },
    ...ramp('foreignBytes', 3 * MINUTE, 3 * MINUTE + 50_000, 0.6, 3),
    { atMs: 13 * MINUTE, foreignBytes: gib(0.6) },
    ...requests(30, 12_000),
  ],
  'slow-leak': [
    card('A slow leak', 'Another program leaks 60 MiB a minute for forty minutes.', 45, [model(LLAMA)]),
    ...ramp('foreignBytes', 0, 40 * MINUTE, 0.4, 2.9),
    ...requests(45, 15_000),
  ],
  sawtooth: [
    card('A sawtooth at the threshold', 'Another program takes and gives back 1.5 GiB every 40 seconds.', 40, [
      model(LLAMA),
    ]),
    ...Array.from({ length: 60 }, (_, index) => [
      ...ramp('foreignBytes', index * 40_000, index * 40_000 + 19_000, 0.7, 2.2),
      { atMs: index * 40_000 + 20_000, foreignBytes: gib(0.7) },
    ]).flat(),
    ...requests(40, 15_000),
  ],
  'heat-ramp': [
    card('Heat', 'The room warms up to 70 °C in the case for ten minutes; up to four answers at once.', 35, [
      model(
        LLAMA.map((rung) => ({ ...rung, parallel: 4 })),
        'llama',
      ),
    ]),
    { atMs: 0, foreignBytes: gib(0.5), ambientC: 40 },
    ...ramp('ambientC', 3 * MINUTE, 8 * MINUTE, 40, 70, celsius),
    ...ramp('ambientC', 15 * MINUTE, 18 * MINUTE, 70, 35, celsius),
    ...requests(35, 9000, 150),
  ],
  'power-cap': [
    card('A power cap only', 'The device is held back by its power limit; that is no heat.', 15, [model(LLAMA)]),
    { atMs: 0, foreignBytes: gib(0.5) },
    { atMs: 2 * MINUTE, powerCapped: true },
    { atMs: 10 * MINUTE, powerCapped: false },
    ...requests(15, 10_000),
  ],
  'probe-gone': [
    card('The probe is gone for a minute', 'Nothing is read for a minute while others give memory back.', 25, [
      model(LLAMA),
    ]),
    { atMs: 0, foreignBytes: gib(0.5) },
    ...ramp('foreignBytes', 2 * MINUTE, 3 * MINUTE, 0.5, 2.4),
    { atMs: 7 * MINUTE, foreignBytes: gib(0.5) },
    { atMs: 10 * MINUTE, probe: 'lost' },
    { atMs: 11 * MINUTE, probe: 'back' },
    ...requests(25, 15_000),
  ],
  'page-cache': [
    card('Page cache grows', 'Mapped model files fill the host’s page cache; none of it is pressure.', 15, [
      model(LLAMA),
    ]),
    { atMs: 0, foreignBytes: gib(0.5), hostForeignBytes: gib(6) },
    ...ramp('pageCacheBytes', 1 * MINUTE, 10 * MINUTE, 2, 25),
    ...requests(15, 45_000),
  ],
  'two-models': [
    card('Two models against each other', 'Two models are asked in turn; both at their best do not fit together.', 20, [
      model(LLAMA),
      model(SMALL, 'small', 2000),
    ]),
    { atMs: 0, foreignBytes: gib(0.5) },
    ...requests(20, 60_000, 100),
    ...requests(20, 60_000, 100, 'small', 31_000),
  ],
  'out-of-memory-at-load': [
    card('Out of memory at load', 'Loads above 5 GiB fail although the reading says that there is room.', 15, [
      model(LLAMA),
    ]),
    { atMs: 0, foreignBytes: gib(0.5), loadFailsAbove: gib(5) },
    ...requests(15, 20_000),
  ],
  'burst-of-100': [
    card('A burst of 100 requests', 'A hundred requests arrive within ten seconds.', 12, [
      model(
        LLAMA.map((rung, index) => ({ ...rung, parallel: index === 0 ? 8 : 4 })),
        'llama',
      ),
    ]),
    { atMs: 0, foreignBytes: gib(0.5) },
    ...requests(2, 20_000, 40),
    ...Array.from({ length: 100 }, (_, index) => ({
      atMs: 3 * MINUTE + index * 100,
      request: { model: 'llama', tokens: 40 },
    })),
  ],
};

for (const [name, [machine, ...events]] of Object.entries(TRACES)) {
  const lines = [machine, ...events.sort((a, b) => a.atMs - b.atMs)].map((line) => JSON.stringify(line));
  writeFileSync(fileURLToPath(new URL(`../traces/${name}.jsonl`, import.meta.url)), `${lines.join('\n')}\n`);
}
