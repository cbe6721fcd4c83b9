import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { LEVEL_NAMES, presetTypes } from '@plimsoll/domain';
import { writeSparseGguf } from '@plimsoll/testing/gguf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locatePeer } from '../../../peers/src/locate.mjs';
import { MODEL_ZOO, zooSpec } from './model-zoo.mjs';

const quantize = locatePeer('llama-quantize');
const reason = quantize === null ? ' (skipped: llama-quantize is not built, run npm run peers)' : '';
/** Tied and untied, 70B class, eight experts, shared experts, rows that do not divide, exceptions, recurrences. */
const MODELS = ['llama-3.3-70b', 'mixtral-8x7b', 'qwen2.5-0.5b', 'falcon-7b', 'deepseek-v2-lite', 'qwen3-next-80b-a3b'];

describe.skipIf(quantize === null)(`presets against llama-quantize's dry run${reason}`, () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-presets-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it.each(MODELS)('gives every tensor of %s its type at every level', async (id) => {
    const model = MODEL_ZOO.find((candidate) => candidate.id === id);
    if (model === undefined) throw new Error(`there is no model ${id}`);
    const path = join(folder, `${id}.gguf`);
    await writeSparseGguf(path, zooSpec(model));
    const { header } = await new FileModelInspector().inspect({ kind: 'file', path });
    for (const level of LEVEL_NAMES.filter((name) => name !== 'NVFP4')) {
      const theirs = await dryRun(path, level);
      // A dry run has no importance matrix, even at levels that cannot be made without one.
      const { tensors } = presetTypes(header, level, { importanceMatrix: false });
      expect(new Map(tensors.map(({ name, type }) => [name, type])), level).toEqual(theirs);
    }
  });
});

/** The types that the program prints: after the arrow where it would change one, else the type as it is. */
async function dryRun(path: string, level: string): Promise<ReadonlyMap<string, string>> {
  const { stdout, stderr } = await promisify(execFile)(quantize ?? '', ['--dry-run', path, level], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const line = /^\[\s*\d+\/\s*\d+\]\s+(\S+)\s+- \[[^\]]*\], type =\s*(\w+), size =[^(\n]*(?:\((\w+)\))?/gm;
  const lines = `${stdout}\n${stderr}`.matchAll(line);
  return new Map([...lines].map(([, name = '', from = '', to]) => [name, (to ?? from).toUpperCase()]));
}
