import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createConfigStore } from '../src/create-config-store.js';
import { bundle } from './bundle.js';
import { scratchFolder } from './scratch-folder.js';

const KILLS = 12;

it('finds the old or the new file whole after every kill, and can save again', async () => {
  const folder = scratchFolder();
  const program = await bundle(fileURLToPath(new URL('./saving-child.ts', import.meta.url)), join(folder, 'program'));
  const path = join(folder, 'data', 'config.json');
  const store = createConfigStore({ path, environment: {}, homeFolder: folder });
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    const { ai } = JSON.parse(readFileSync(path, 'utf8')) as { ai: { context_tokens: number; llm_model: string } };
    expect(ai.llm_model.startsWith(`model-${ai.context_tokens}-`)).toBe(true);
  }
  await store.save({ quantizationBits: 4 });
  expect((await store.load()).settings.quantizationBits).toBe(4);
  expect(readdirSync(join(folder, 'data'))).toEqual(['config.json']);
}, 60_000);
