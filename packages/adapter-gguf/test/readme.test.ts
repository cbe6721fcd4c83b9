import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSparseGguf } from '../src/writer/gguf-writer.js';
import { expect, it, vi } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));

it.each(['inspect', 'write-header'])('shows the example %s, which is run here', async (name) => {
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  const example = await readFile(join(folder, `examples/${name}.ts`), 'utf8');
  const shown = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]);
  expect(shown).toContain(example);
});

/** Runs an example with the path of a file of its own, and gives what it logs. */
async function logged(run: (path: string) => Promise<unknown>): Promise<{ path: string; line: string; bytes: number }> {
  const place = await mkdtemp(join(tmpdir(), 'gguf-readme-'));
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  const { argv } = process;
  const path = join(place, 'm.gguf');
  try {
    process.argv = [argv[0] ?? '', 'example.ts', path];
    await run(path);
    return { path, line: lines.join('\n'), bytes: (await stat(path)).size };
  } finally {
    process.argv = argv;
    log.mockRestore();
    await rm(place, { recursive: true });
  }
}

it('inspects', async () => {
  const { path, line } = await logged(async (model) => {
    await writeSparseGguf(model, {
      metadata: { 'general.architecture': 'llama', 'llama.block_count': 2 },
      tensors: [{ name: 'output.weight', shape: [256, 10], type: 'Q8_0' }],
    });
    await import('../examples/inspect.js');
  });
  // Q8_0 stores 32 weights in 34 bytes: 2,560 weights take 2,720.
  expect(line).toBe(`${path}: llama, 2 layers, 2720 bytes of weights`);
});

it('writes', async () => {
  const { line, bytes } = await logged(() => import('../examples/write-header.js'));
  const [headerBytes, fileBytes] = [...line.matchAll(/\d+(?= bytes)/g)].map(Number);
  // Q6_K stores 256 weights in 210 bytes.
  expect(fileBytes! - headerBytes!).toBe((4096 * 128_256 * 210) / 256);
  expect(bytes).toBe(fileBytes);
});
