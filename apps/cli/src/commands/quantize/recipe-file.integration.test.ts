import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { statedLevel } from '@plimsoll/domain';
import { locatePeer } from '@plimsoll-tooling/peers';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, expect, test } from 'vitest';
import { TestUser } from '../../../test/plimsoll.js';
import { readRecipe, writeRecipe } from './recipe-file.js';

const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-recipe-'));
afterAll(() => rmSync(folder, { recursive: true }));

const quantizer = locatePeer('llama-quantize');
const entries = [
  { tensor: 'blk.0.attn_v.weight', type: 'Q8_0' },
  { tensor: 'blk.5.ffn_down.weight', type: 'Q5_K' },
] as const;

test('a recipe that was written is read again, with its level', async () => {
  const file = path.join(folder, 'again.txt');
  await writeRecipe(file, 'Q3_K_S', entries);
  expect(await readRecipe(file)).toMatchObject({ level: 'Q3_K_S', overrides: [{ type: 'Q8_0' }, { type: 'Q5_K' }] });
});

test.each([
  ['# level: Q5_K_S\nblk\\.0\\.attn_v=q6_K\n', 'Q5_K_S'],
  ['blk\\.0\\.attn_v=q6_K\n', 'Q4_K_M'],
])('%j is read with the level %s', async (text, level) => {
  const file = path.join(folder, 'other.txt');
  writeFileSync(file, text);
  expect(await readRecipe(file)).toEqual({ level, overrides: [{ pattern: 'blk\\.0\\.attn_v', type: 'Q6_K' }] });
});

test.skipIf(quantizer === null)(
  `llama-quantize makes the same file of it${quantizer === null ? ' (skipped: npm run peers has not built it)' : ''}`,
  async () => {
    const recipe = path.join(folder, 'recipe.txt');
    await writeRecipe(recipe, 'Q4_K_M', entries);
    const theirs = path.join(folder, 'theirs.gguf');
    const ours = path.join(folder, 'ours.gguf');
    const user = await TestUser.create();
    const args = ['quantize', sampleModelPath(), '--recipe', recipe, '--imatrix', 'none', '--out', ours];
    expect((await user.plimsoll(args)).code).toBe(0);
    await user.remove();
    // The one thing that a file of ours says besides.
    const { header } = await new FileModelInspector().inspect({ kind: 'file', path: ours });
    const named = `plimsoll.recipe.name=str:${statedLevel(header) ?? ''}`;
    const types = ['--tensor-type-file', recipe, '--override-kv', named];
    execFileSync(quantizer!, [...types, sampleModelPath(), theirs, 'Q4_K_M'], { stdio: 'pipe' });
    expect(readFileSync(ours).equals(readFileSync(theirs))).toBe(true);
  },
);
