import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { answerWithAll } from '../examples/two-models.js';
import type { ModelHost } from '../src/index.js';

const shape = {
  contextTokens: 2048,
  parallel: 1,
  batchTokens: 2048,
  microBatchTokens: 512,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  flashAttention: 'auto',
  placement: { gpuLayers: 0, split: null, expertLayersOnHost: 0 },
} as const;

test('the example of the README is the file in examples, and works', async () => {
  const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');
  expect(read('../README.md')).toContain(`\`\`\`ts\n${read('../examples/two-models.ts')}\`\`\``);
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-local-'));
  try {
    for (const name of ['a', 'b', 'c']) await writeFile(path.join(folder, `${name}.gguf`), name);
    let open = 0;
    let answers = 0;
    const host = (): ModelHost => {
      open++;
      const close = async (): Promise<void> => {
        open--;
      };
      return { loaded: Promise.resolve({ loadMs: 1, sizeBytes: 1, deviceBytes: 0, shape }), ended: false, close };
    };
    expect(
      await answerWithAll(folder, host, async () => {
        answers++;
      }),
    ).toEqual(['b', 'c']);
    expect([answers, open]).toEqual([3, 0]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
