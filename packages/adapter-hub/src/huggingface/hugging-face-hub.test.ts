import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackendFailedError, InvalidInputError, ModelNotFoundError, VariantNotFoundError } from '@plimsoll/domain';
import { createGguf } from '@plimsoll/adapter-gguf/writer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskHeaderCache } from '@plimsoll/adapter-gguf';
import {
  largeModel,
  startRangeServer,
  type RangeServer,
  type ServedFile,
  LOCAL,
  fakeDigest,
} from '../../test/support.js';
import { HuggingFaceHub } from './hugging-face-hub.js';

const REPOSITORY = 'someone/Llama-3.1-8B-Instruct-GGUF';
const TREE = `/api/models/${REPOSITORY}/tree/main?recursive=true`;

let hub: RangeServer;
let cdn: RangeServer;
let folder = '';
beforeEach(async () => {
  [hub, cdn] = await Promise.all([startRangeServer(), startRangeServer()]);
  folder = await mkdtemp(join(tmpdir(), 'hub-cache-'));
});
afterEach(async () => {
  await Promise.all([hub.close(), cdn.close()]);
  await rm(folder, { recursive: true });
});

const treeEntry = (path: string, size: number, digit = 'a') => ({
  type: 'file',
  oid: '0'.repeat(40),
  size,
  lfs: { oid: fakeDigest(digit), size, pointerSize: 134 },
  path,
});

const inspector = (options: { token?: string; cached?: boolean } = {}): HuggingFaceHub =>
  new HuggingFaceHub({
    baseUrl: hub.baseUrl,
    access: LOCAL,
    token: options.token ?? null,
    ...(options.cached === true ? { cache: new DiskHeaderCache({ folder }) } : {}),
  });
const inspect = (tag: string | null, subject = inspector()) =>
  subject.inspect({ kind: 'huggingface', repository: REPOSITORY, tag });

/** Serves a file as the hub does: its own address redirects to a signed one on another server. */
function serveFile(path: string, file: ServedFile): void {
  const signed = `/signed/${encodeURIComponent(path)}?signature=secret`;
  cdn.routes.set(signed, { file });
  hub.routes.set(`/${REPOSITORY}/resolve/main/${path}`, {
    file,
    behaviour: { redirect: `${cdn.baseUrl}${signed}`, status: 302 },
  });
}

describe('HuggingFaceHub.inspect', () => {
  it('reads the Q4_K_M when no tag is given, through the redirect, within a mebibyte of the header', async () => {
    const model = largeModel();
    hub.routes.set(TREE, {
      json: [
        { type: 'directory', oid: '1'.repeat(40), size: 0, path: 'BF16' },
        treeEntry('Llama-3.1-8B-Instruct-Q8_0.gguf', 9, 'b'),
        treeEntry('Llama-3.1-8B-Instruct-Q4_K_M.gguf', model.size, 'c'),
        treeEntry('mmproj-F16.gguf', 9, 'd'),
        { type: 'file', oid: '2'.repeat(40), size: 1000, path: 'README.md' },
      ],
    });
    serveFile('Llama-3.1-8B-Instruct-Q4_K_M.gguf', model);
    const found = await inspect(null);
    expect(found).toMatchObject({
      digest: `sha256:${fakeDigest('c')}`,
      origin: `hf.co/${REPOSITORY}/Llama-3.1-8B-Instruct-Q4_K_M.gguf`,
      path: null,
    });
    expect(found.header.headerBytes).toBe(model.header.length);
    expect(found.fetchedBytes).toBe(hub.sentBytes() + cdn.sentBytes());
    expect(found.fetchedBytes).toBeLessThanOrEqual(model.header.length + 2 ** 20);
  });

  it('joins the parts of a split model in a folder, over several pages of the list', async () => {
    const part = (no: number): ServedFile => {
      const header = createGguf({
        metadata: { ...(no === 0 ? { 'general.architecture': 'llama' } : {}), 'split.no': no, 'split.count': 2 },
        tensors: [{ name: `t${no}`, shape: [32], type: 'F32' }],
      });
      return { header, size: header.length + 128 };
    };
    const path = (no: number): string => `Q8_0/model-0000${no}-of-00002.gguf`;
    hub.routes.set(TREE, {
      json: [treeEntry(path(1), part(0).size, '1')],
      headers: { link: `<${hub.baseUrl}/api/models/${REPOSITORY}/tree/main?cursor=x>; rel="next"` },
    });
    hub.routes.set(`/api/models/${REPOSITORY}/tree/main?cursor=x`, { json: [treeEntry(path(2), part(1).size, '2')] });
    serveFile(path(1), part(0));
    serveFile(path(2), part(1));
    const found = await inspect('q8_0');
    expect(found.header).toMatchObject({ parts: 2, fileBytes: part(0).size + part(1).size });
    expect(found.digest).toBeNull();
  });

  it('names the levels that there are when the tag does not exist', async () => {
    hub.routes.set(TREE, { json: [treeEntry('m.Q8_0.gguf', 9), treeEntry('m.Q4_K_S.gguf', 9)] });
    const error: unknown = await inspect('Q6_K').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(VariantNotFoundError);
    expect((error as VariantNotFoundError).hint).toContain('Q8_0, Q4_K_S');
    hub.routes.set(TREE, { json: [] });
    await expect(inspect(null)).rejects.toThrow(/holds no GGUF model/);
  });

  it('sends the token to the hub and to nobody else', async () => {
    const model = largeModel();
    hub.routes.set(TREE, { json: [treeEntry('m-Q4_K_M.gguf', model.size)] });
    serveFile('m-Q4_K_M.gguf', model);
    await inspect(null, inspector({ token: 'hf_secret' }));
    expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual(
      hub.requests.map(() => 'Bearer hf_secret'),
    );
    expect(cdn.requests.length).toBeGreaterThan(1);
    expect(cdn.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it('catches a file that is not as long as the list says', async () => {
    const model = largeModel();
    hub.routes.set(TREE, { json: [treeEntry('m-Q4_K_M.gguf', model.size + 1)] });
    serveFile('m-Q4_K_M.gguf', model);
    await expect(inspect(null)).rejects.toThrow(/where \d+ were announced/);
  });

  it('asks for a new signed address when the old one expires', async () => {
    const model = largeModel();
    hub.routes.set(TREE, { json: [treeEntry('m-Q4_K_M.gguf', model.size)] });
    serveFile('m-Q4_K_M.gguf', model);
    const subject = inspector();
    const signed = [...cdn.routes.keys()][0] ?? '';
    const expire = setInterval(() => {
      if (!cdn.requests.some(({ path }) => path === signed)) return;
      clearInterval(expire);
      cdn.routes.set(signed, { status: 403 });
      cdn.routes.set('/second', { file: model });
      hub.routes.set(`/${REPOSITORY}/resolve/main/m-Q4_K_M.gguf`, {
        file: model,
        behaviour: { redirect: `${cdn.baseUrl}/second` },
      });
    }, 1);
    try {
      cdn.routes.set(signed, { file: model, behaviour: 'throttles' });
      expect((await inspect(null, subject)).header.headerBytes).toBe(model.header.length);
    } finally {
      clearInterval(expire);
    }
    expect(cdn.requests.some(({ path }) => path === '/second')).toBe(true);
  });

  it('works from the cache without a network', async () => {
    const model = largeModel();
    hub.routes.set(TREE, { json: [treeEntry('m-Q4_K_M.gguf', model.size)] });
    serveFile('m-Q4_K_M.gguf', model);
    const first = await inspect('Q4_K_M', inspector({ cached: true }));
    const again = await inspect('Q4_K_M', inspector({ cached: true }));
    expect(again.fetchedBytes).toBeLessThan(1000);
    await Promise.all([hub.close(), cdn.close()]);
    const offline = await inspect('Q4_K_M', inspector({ cached: true }));
    expect(offline.header).toEqual(first.header);
    expect(offline.fetchedBytes).toBe(0);
  });

  it('turns failures into errors that tell the way out', async () => {
    await expect(inspect(null)).rejects.toBeInstanceOf(ModelNotFoundError);
    hub.routes.set(TREE, { status: 401 });
    await expect(inspect(null)).rejects.toThrow(/private, gated or does not exist/);
    hub.routes.set(TREE, { json: { error: 'no list' } });
    await expect(inspect(null)).rejects.toBeInstanceOf(BackendFailedError);
    const odd = inspector().inspect({ kind: 'huggingface', repository: '../../etc', tag: null });
    await expect(odd).rejects.toBeInstanceOf(InvalidInputError);
  });
});

describe('HuggingFaceHub.variants', () => {
  it('lists all levels, best first, parts added up', async () => {
    hub.routes.set(TREE, {
      json: [
        treeEntry('m-Q2_K.gguf', 2, '1'),
        treeEntry('BF16/m-BF16-00001-of-00002.gguf', 10, '2'),
        treeEntry('BF16/m-BF16-00002-of-00002.gguf', 5, '3'),
        treeEntry('m-UD-Q4_K_XL.gguf', 4, '4'),
        treeEntry('m-Q4_K_M.gguf', 3, '5'),
        treeEntry('imatrix.gguf', 1, '6'),
      ],
    });
    const name = (label: string): string => `hf.co/${REPOSITORY}:${label}`;
    expect(await inspector().variants(`hf.co/${REPOSITORY}`)).toEqual([
      { name: name('BF16'), level: 'BF16', sizeBytes: 15, digest: null, location: 'remote' },
      { name: name('Q4_K_M'), level: 'Q4_K_M', sizeBytes: 3, digest: `sha256:${fakeDigest('5')}`, location: 'remote' },
      { name: name('Q2_K'), level: 'Q2_K', sizeBytes: 2, digest: `sha256:${fakeDigest('1')}`, location: 'remote' },
      { name: name('UD-Q4_K_XL'), level: null, sizeBytes: 4, digest: `sha256:${fakeDigest('4')}`, location: 'remote' },
    ]);
    expect(await inspector().variants('llama3.1:8b')).toEqual([]);
    const subject = inspector();
    const listed = await subject.variants(`hf.co/${REPOSITORY}`);
    const once = hub.requests.length;
    expect(await subject.variants(`hf.co/${REPOSITORY}`)).toEqual(listed);
    expect(hub.requests).toHaveLength(once);
  });
});
