import type { FindingFact } from '@plimsoll/application';
import type { Remedy } from '@plimsoll/domain';
import { expect, test } from 'vitest';
import { findingWords } from './finding.words.js';
import { notMeasuredWords } from './not-measured.words.js';
import { proposalWords } from './proposal.words.js';
import { wayOut } from './remedy.words.js';

const MIB = 1024 ** 2;
const regression = {
  ...{ model: 'm', variant: 'm-q4', device: 'GPU', pValue: 0.001 },
  changes: [{ part: 'driver', from: '550', to: null }],
} as const;
const resident = { kind: 'resident-size', model: 'm', contextTokens: 4096, everyLogit: false, hostBytes: 0 } as const;

test.each<[FindingFact, string, string | null]>([
  [{ kind: 'failed', message: 'damaged', hint: 'Move it away.' }, 'damaged', 'Move it away.'],
  [
    { kind: 'backend-answers', name: 'Ollama', version: '0.34.2', endpoint: 'http://gpu-box:11434', testedUpTo: null },
    'Ollama 0.34.2 answers at http://gpu-box:11434.',
    null,
  ],
  [
    { kind: 'backend-answers', name: 'Ollama', version: '0.34.2', endpoint: null, testedUpTo: '0.33.1' },
    'Ollama 0.34.2 answers. Plimsoll was tested with Ollama up to 0.33.1; this one is newer.',
    'If something fails with it, look for a newer Plimsoll, and report what you see.',
  ],
  [
    { kind: 'servers-silent', addresses: ['http://gpu-box:11434'] },
    'Not answering: http://gpu-box:11434. The other servers take its requests.',
    'Start it there, or take it out of ollama_host and ollama_hosts.',
  ],
  [
    { kind: 'device-without-libraries', device: 'GPU', build: 'cuda-13', missing: ['libcudart.so.13', 'libcuda.so.1'] },
    'GPU is not used: the cuda-13 build of the engine needs libcudart.so.13, libcuda.so.1, not found here.',
    'Install the driver and its libraries; in a container, hand the device on to it.',
  ],
  [
    { kind: 'cannot-keep', folder: '/home/me', why: 'read-only' },
    'Nothing can be kept in /home/me: the disk is read-only.',
    null,
  ],
  [
    { kind: 'throttled', device: 'GPU', temperatureC: 91 },
    'GPU is slowed down by heat at 91 °C.',
    'Improve the cooling, or run less at once.',
  ],
  [
    { kind: 'limit-above-device', device: 'GPU', limitBytes: 9000 * MIB, deviceBytes: 8192 * MIB },
    'gpu_memory_limit_mb is 9000, more than GPU has (8192 MiB).',
    null,
  ],
  [
    { kind: 'got-worse', regression: { ...regression, kind: 'speed', before: 50, now: 40, threshold: null } },
    'm-q4 decodes 40.0 tokens/s, 20 % less than the 50.0 of before (since driver 550 → unknown).',
    null,
  ],
  [
    {
      kind: 'got-worse',
      regression: { ...regression, kind: 'quality', before: 0.95, now: 0.8, threshold: 0.9, changes: [] },
    },
    'm-q4 agrees with its reference on 80.0 % of tokens, below the threshold of 90.0 %.',
    null,
  ],
  [
    { ...resident, observedBytes: 150 * MIB, predictedBytes: 100 * MIB, outcome: 'more' },
    'm takes 150.0 MiB; 100.0 MiB were predicted at 4096 tokens (+50.0 %). More than predicted: parallel requests multiply the cache, and drivers keep memory of their own.',
    'The observation is kept, and plans for this machine use it.',
  ],
  [
    { ...resident, observedBytes: 100 * MIB, predictedBytes: 100 * MIB, hostBytes: 50 * MIB, outcome: 'agrees' },
    'm takes 100.0 MiB; 100.0 MiB were predicted at 4096 tokens (+0.0 %). 50.0 MiB of it lie on the host.',
    null,
  ],
])('a finding: %j', (fact, message, hint) => {
  expect(findingWords({ fact, remedies: [] })).toEqual({ message, hint });
});

test('a way out is the advice, then what this program offers in words that fit any front end', () => {
  const remedies: readonly Remedy[] = [
    { kind: 'make-variant', model: 'm', level: 'Q4_K_M' },
    { kind: 'use-options', options: { make: '' } },
    { kind: 'turn-quantization-off' },
  ];
  expect(wayOut({ hint: 'Or not.', remedies })).toBe(
    'Or not. Make it: quantize m to Q4_K_M. Or turn quantization off in the settings.',
  );
  expect(wayOut({ hint: null, remedies: [] })).toBeNull();
  expect(wayOut({ hint: null, remedies }, ({ kind }) => kind)).toBe('make-variant use-options turn-quantization-off');
});

test('why settings are proposed', () => {
  const evidence = { sameTopToken: 0.93, sameTopTokenStandardError: 0.004, scoredTokens: 4000, foreign: true };
  expect(proposalWords({ kind: 'level', level: 'Q4_K_M', threshold: 0.9, evidence, current: null })).toBe(
    'Q4_K_M is the smallest measured level that agrees with its reference on at least 90 % of the most likely tokens: 93 % ± 0.4 over 4000 tokens, measured on another machine. The settings say no quantization.',
  );
});

test('why something was not measured', () => {
  expect(notMeasuredWords({ kind: 'no-judge', prompts: 1 })).toMatch(/^1 prompt has no known answer/);
  expect(notMeasuredWords({ kind: 'refused', message: 'No vocabulary.', hint: 'Take another.' })).toBe(
    'No vocabulary. Take another.',
  );
});
