import { chmod, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledError, InvalidModelFileError, ModelNotFoundError, StorageFailedError } from '@plimsoll/domain';
import { createGguf, writeSparseGguf, type GgufSpec } from '../writer/gguf-writer.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileModelInspector } from './file-model-inspector.js';

const inspector = new FileModelInspector();
const inspect = (path: string) => inspector.inspect({ kind: 'file', path });

const spec: GgufSpec = {
  metadata: { 'general.architecture': 'llama' },
  tensors: [{ name: 'token_embd.weight', shape: [4096, 128256], type: 'F16' }],
};

const partSpec = (no: number, count: number, names: readonly string[]): GgufSpec => ({
  metadata: {
    ...(no === 0 ? { 'general.architecture': 'llama', 'general.name': 'Split' } : {}),
    'split.no': { type: 'uint16', value: no },
    'split.count': { type: 'uint16', value: count },
    'split.tensors.count': { type: 'int32', value: 3 },
  },
  tensors: names.map((name) => ({ name, shape: [256, 4], type: 'Q8_0' as const })),
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gguf-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

const partPath = (model: string, part: number, parts = 2): string =>
  join(folder, `${model}-0000${part}-of-0000${parts}.gguf`);

describe('FileModelInspector', () => {
  it('reads a local file and fetches nothing', async () => {
    const path = join(folder, 'a.gguf');
    const { fileBytes } = await writeSparseGguf(path, spec);
    const model = await inspect(path);
    expect(model).toMatchObject({ path, origin: path, fetchedBytes: 0, header: { fileBytes, architecture: 'llama' } });
    expect(model.header.tensors[0]?.bytes).toBe(4096 * 128256 * 2);
  });

  it.each([1, 2])('takes part %i of a split model for the whole', async (named) => {
    const model = `whole${named}`;
    const first = await writeSparseGguf(partPath(model, 1), partSpec(0, 2, ['a', 'b']));
    const second = await writeSparseGguf(partPath(model, 2), partSpec(1, 2, ['c']));
    const found = await inspect(partPath(model, named));
    expect(found.path).toBe(partPath(model, 1));
    expect(found.header).toMatchObject({
      parts: 2,
      architecture: 'llama',
      fileBytes: first.fileBytes + second.fileBytes,
      headerBytes: first.headerBytes + second.headerBytes,
    });
    expect(found.header.tensors.map((tensor) => tensor.name)).toEqual(['a', 'b', 'c']);
  });

  it('names the parts that are missing', async () => {
    await writeSparseGguf(partPath('torn', 2, 3), partSpec(1, 3, ['b']));
    await expect(inspect(partPath('torn', 2, 3))).rejects.toThrow(
      /2 of the model's 3 parts are missing: torn-00001-of-00003.gguf, torn-00003-of-00003.gguf/,
    );
  });

  it('finds a part that was renamed, parts in the wrong order, and parts of other models', async () => {
    const lone = join(folder, 'lone.gguf');
    await writeSparseGguf(lone, partSpec(0, 2, ['a']));
    await expect(inspect(lone)).rejects.toThrow(/says it is part 1 of 2, but it was found as part 1 of 1/);

    await writeSparseGguf(partPath('swapped', 1), partSpec(1, 2, ['a']));
    await writeSparseGguf(partPath('swapped', 2), partSpec(0, 2, ['b']));
    await expect(inspect(partPath('swapped', 1))).rejects.toThrow(/says it is part 2 of 2/);

    await writeSparseGguf(partPath('twice', 1), partSpec(0, 2, ['a', 'b']));
    await writeSparseGguf(partPath('twice', 2), partSpec(1, 2, ['b']));
    await expect(inspect(partPath('twice', 1))).rejects.toThrow(/tensor "b" is in more than one part/);

    await writeSparseGguf(partPath('few', 1), partSpec(0, 2, ['a']));
    await writeSparseGguf(partPath('few', 2), partSpec(1, 2, ['c']));
    await expect(inspect(partPath('few', 1))).rejects.toThrow(/has 3 tensors, but its parts hold 2/);
  });

  it('tells a missing file from a bad one', async () => {
    const absent = inspect(join(folder, 'absent.gguf'));
    await expect(absent).rejects.toBeInstanceOf(ModelNotFoundError);
    await expect(inspect(partPath('absent', 1))).rejects.toBeInstanceOf(ModelNotFoundError);
  });

  it('refuses a directory and names a model in it', async () => {
    const directory = join(folder, 'models');
    await mkdir(directory);
    await writeFile(join(directory, 'x.gguf'), '');
    const error: unknown = await inspect(directory).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidModelFileError);
    expect(error).toMatchObject({ message: expect.stringContaining('is a directory') as string });
    expect((error as InvalidModelFileError).hint).toContain(join(directory, 'x.gguf'));
  });

  it('refuses an empty file, a text and a file cut off', async () => {
    const path = join(folder, 'bad.gguf');
    await writeFile(path, '');
    await expect(inspect(path)).rejects.toThrow(/bad.gguf is empty/);
    await writeFile(path, 'not a model at all');
    await expect(inspect(path)).rejects.toThrow(/is no GGUF file/);
    const { fileBytes } = await writeSparseGguf(path, spec);
    await truncate(path, fileBytes - 1);
    await expect(inspect(path)).rejects.toThrow(/token_embd.weight.* ends at byte \d+, but the file has only/);
  });

  it.skipIf(process.platform === 'win32')('does not read from devices', async () => {
    await expect(inspect('/dev/zero')).rejects.toThrow(/no ordinary file/);
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'reports missing permission (not as root)',
    async () => {
      const path = join(folder, 'secret.gguf');
      await writeFile(path, createGguf(spec));
      await chmod(path, 0);
      await expect(inspect(path)).rejects.toBeInstanceOf(StorageFailedError);
    },
  );

  it('stops when it is cancelled', async () => {
    const path = join(folder, 'cancel.gguf');
    await writeSparseGguf(path, spec);
    const reading = inspector.inspect({ kind: 'file', path }, { signal: AbortSignal.abort() });
    await expect(reading).rejects.toBeInstanceOf(CancelledError);
  });
});
