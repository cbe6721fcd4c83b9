import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { withHeaderFile } from '@plimsoll/adapter-gguf/writer';
import { LlamaCppFootprintOracle } from '@plimsoll/adapter-llamacpp';
import { presetTypes, type ModelHeader, type RunShape } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { writeSparseGguf } from '@plimsoll/testing/gguf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MODEL_ZOO, zooSpec } from './model-zoo.mjs';

const SHAPE: RunShape = {
  contextTokens: 512,
  parallel: 1,
  microBatchTokens: 512,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  flashAttention: 'on',
  placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 },
};

/** What exact plans rest on: the engine takes a file written from a header for the model itself. */
describe('header-only files', () => {
  const oracle = new LlamaCppFootprintOracle({ flavor: 'cpu' });
  const inspector = new FileModelInspector();
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'header-only-'))));
  afterAll(async () => {
    await oracle.close();
    await rm(folder, { recursive: true });
  });
  const headerOf = async (path: string): Promise<ModelHeader> =>
    (await inspector.inspect({ kind: 'file', path })).header;

  it('the sample model, whose vocabulary is left out', async () => {
    const path = sampleModelPath();
    const expected = await oracle.measure(path, SHAPE);
    const answer = await withHeaderFile(await headerOf(path), [], (file) => oracle.measure(file, SHAPE));
    expect(answer).toEqual(expected);
  });

  it.each(MODEL_ZOO.map(({ id }) => id))('%s at Q4_K_M', { timeout: 60_000 }, async (id) => {
    const model = MODEL_ZOO.find((candidate) => candidate.id === id);
    if (model === undefined) throw new Error(`${id} is not in the zoo`);
    const [full, level] = [join(folder, `${id}.gguf`), join(folder, `${id}-Q4_K_M.gguf`)];
    const spec = zooSpec(model);
    await writeSparseGguf(full, spec);
    const header = await headerOf(full);
    const { tensors } = presetTypes(header, 'Q4_K_M');
    const specTensors = (spec.tensors ?? []).map((tensor, index) => ({
      ...tensor,
      type: tensors[index]?.type ?? tensor.type,
    }));
    await writeSparseGguf(level, { ...spec, tensors: specTensors });
    const expected = await oracle.measure(level, SHAPE);
    const answer = await withHeaderFile(header, tensors, (file) => oracle.measure(file, SHAPE));
    expect(answer).toEqual(expected);
  });
});
