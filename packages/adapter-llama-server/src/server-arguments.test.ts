import { expect, test } from 'vitest';
import { serverArguments } from './server-arguments.js';

test('an operating point becomes flags; the context of one sequence is that of all', () => {
  const point = {
    contextTokens: 4096,
    parallel: 2,
    microBatchTokens: 256,
    keyCacheType: 'q8_0',
    valueCacheType: 'q4_0',
    flashAttention: 'on',
    placement: { gpuLayers: 20, split: [0.75, 0.25], expertLayersOnHost: 6 },
    threads: 3,
  } as const;
  expect(serverArguments('a.gguf', point).join(' ')).toBe(
    '--model a.gguf --ctx-size 8192 --parallel 2 --ubatch-size 256 --cache-type-k q8_0 --cache-type-v q4_0 ' +
      '--flash-attn on --n-gpu-layers 20 --tensor-split 0.75,0.25 --n-cpu-moe 6 --threads 3 --threads-batch 3',
  );
});

test('what is left open is left to the server', () => {
  expect(serverArguments('a.gguf', { placement: { split: [1], expertLayersOnHost: 0 } })).toEqual([
    ...['--model', 'a.gguf'],
    ...['--parallel', '1'],
  ]);
});

test.each([
  [[], ['--device', 'none']],
  [
    [0, 0],
    ['--device', 'none'],
  ],
  [
    [0, 1],
    ['--split-mode', 'none', '--main-gpu', '1'],
  ],
  [
    [0.5, 0, 0.5],
    ['--tensor-split', '0.5,0,0.5'],
  ],
])('of devices with the shares %j it is given those that are used', (split, flags) => {
  expect(serverArguments('a.gguf', { placement: { split } }).slice(4)).toEqual(flags);
});

test('adapters are named with their scales; a path that the flag cannot hold is refused', () => {
  const argumentsOf = (path: string, scale: number): string =>
    serverArguments('a.gguf', {
      adapters: [
        { path: '/plain.gguf', scale: 1 },
        { path, scale },
      ],
    }).join(' ');
  expect(argumentsOf('/half.gguf', 0.5)).toContain('--lora /plain.gguf --lora-scaled /half.gguf:0.5');
  expect(argumentsOf('C:/too.gguf', 1)).toContain('--lora /plain.gguf,C:/too.gguf');
  for (const [path, scale] of [
    ['/a,b.gguf', 1],
    ['C:/half.gguf', 0.5],
  ] as const) {
    expect(() => argumentsOf(path, scale)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  }
});
