import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSparseGguf } from '../src/writer/gguf-writer.js';
import { expect, it, vi } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));

it('shows the example that is run here', async () => {
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  const example = await readFile(join(folder, 'examples/inspect.ts'), 'utf8');
  expect(/```ts\n([\s\S]*?)```/.exec(readme)?.[1]).toBe(example);
});

it('runs', async () => {
  const place = await mkdtemp(join(tmpdir(), 'gguf-readme-'));
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const { argv } = process;
  try {
    const path = join(place, 'm.gguf');
    await writeSparseGguf(path, {
      metadata: { 'general.architecture': 'llama', 'llama.block_count': 2 },
      tensors: [{ name: 'output.weight', shape: [256, 10], type: 'Q8_0' }],
    });
    process.argv = [argv[0] ?? '', 'inspect.ts', path];
    await import('../examples/inspect.js');
    // Q8_0 stores 32 weights in 34 bytes: 2,560 weights take 2,720.
    expect(log).toHaveBeenCalledWith(`${path}: llama, 2 layers, 2720 bytes of weights`);
  } finally {
    process.argv = argv;
    log.mockRestore();
    await rm(place, { recursive: true });
  }
});
