import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { bundle } from './bundle.js';
import { openStore, storeFile } from './store-file.js';

const KILLS = 8;

it('has kept everything that append returned for, after every kill', async () => {
  const path = storeFile();
  const { file: program, remove } = await bundle(fileURLToPath(new URL('./appending-child.ts', import.meta.url)));
  onTestFinished(remove);
  const told: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [program, path, `r${kill}`], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    child.kill('SIGKILL');
    await once(child, 'close');
    told.push(...output.split('\n').slice(0, -1));
  }
  const kept = new Set((await openStore(path).query({ limit: 1_000_000 })).map(({ id }) => id));
  expect(told.length).toBeGreaterThan(KILLS);
  expect(told.filter((id) => !kept.has(id))).toEqual([]);
  // Two that were appended together are there together.
  const pairs = [...kept].filter((id) => id.endsWith('0') && !id.includes('b'));
  expect(pairs.filter((id) => !kept.has(`${id}b`))).toEqual([]);
}, 60_000);
