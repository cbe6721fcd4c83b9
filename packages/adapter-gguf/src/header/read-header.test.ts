import { InvalidModelFileError, metadataNumbers } from '@plimsoll/domain';
import { createGguf, type GgufSpec } from '../writer/gguf-writer.js';
import { describe, expect, it } from 'vitest';
import { BufferSource } from './buffer-source.js';
import { readHeader } from './read-header.js';

const base = {
  metadata: {
    'general.architecture': 'llama',
    'llama.block_count': 2,
    'llama.attention.head_count_kv': [8, 4],
    'llama.rope.freq_base': { type: 'float32', value: 500000 },
    'general.tags': ['a', 'é', ''],
    big: { type: 'uint64', value: 2n ** 60n },
    flag: true,
  },
  tensors: [
    { name: 'token_embd.weight', shape: [256, 10], type: 'Q4_K' },
    { name: 'output_norm.weight', shape: [256], type: 'F32' },
  ],
} satisfies GgufSpec;

/** A whole small file: header and zeros for data. */
function file(spec: GgufSpec, dataBytes = 4096): Uint8Array {
  const header = createGguf(spec);
  const bytes = new Uint8Array(header.length + dataBytes);
  bytes.set(header);
  return bytes;
}

const read = (bytes: Uint8Array, chunkBytes = 1 << 20) => readHeader(new BufferSource(bytes, 'm.gguf', chunkBytes));

describe('readHeader', () => {
  it('reads metadata and tensors', async () => {
    const header = await read(file(base));
    expect(header).toMatchObject({ version: 3, architecture: 'llama', parts: 1 });
    expect(header.headerBytes).toBe(createGguf(base).length);
    expect(header.fileBytes).toBe(createGguf(base).length + 4096);
    expect(header.metadata.get('llama.block_count')).toBe(2);
    expect(header.metadata.get('llama.rope.freq_base')).toBe(500000);
    expect(header.metadata.get('big')).toBe(2n ** 60n);
    expect(header.metadata.get('flag')).toBe(true);
    expect(header.metadata.get('general.tags')).toMatchObject({ length: 3, values: ['a', 'é', ''] });
    expect(metadataNumbers(header, 'llama.attention.head_count_kv')).toEqual([8, 4]);
    // Q4_K: 144 bytes per 256 weights; the next tensor starts at the following multiple of 32.
    expect(header.tensors).toEqual([
      { name: 'token_embd.weight', shape: [256, 10], type: 'Q4_K', typeId: 12, bytes: 1440, offset: 0 },
      { name: 'output_norm.weight', shape: [256], type: 'F32', typeId: 0, bytes: 1024, offset: 1440 },
    ]);
  });

  it.each([
    ['version 2', { version: 2 }],
    ['big-endian', { endian: 'big' as const }],
  ])('reads %s files alike', async (_, change) => {
    const header = await read(file({ ...base, ...change }));
    const usual = await read(file(base));
    expect(header.metadata).toEqual(usual.metadata);
    expect(header.tensors).toEqual(usual.tensors);
  });

  it.each([24, 40, 100, 1000])('reads the same through windows of %i bytes', async (chunkBytes) => {
    const spec = { ...base, metadata: { ...base.metadata, words: Array.from({ length: 3000 }, (_, i) => `w${i}`) } };
    expect(await read(file(spec), chunkBytes)).toEqual(await read(file(spec)));
  });

  it('passes over long arrays and very long texts without building them', async () => {
    const tokens = Array.from({ length: 1025 }, (_, i) => `token ${i}`);
    const scores = { type: 'float32' as const, value: tokens.map(() => 0.5) };
    const header = await read(
      file({ ...base, metadata: { ...base.metadata, tokens, scores, long: 'x'.repeat(2 ** 20 + 1), last: 7 } }),
    );
    expect(header.metadata.get('tokens')).toEqual({ kind: 'array', elementType: 'string', length: 1025, values: null });
    expect(header.metadata.get('scores')).toEqual({ kind: 'array', elementType: 'number', length: 1025, values: null });
    expect(header.metadata.get('long')).toMatchObject({ values: null });
    expect(header.metadata.get('last')).toBe(7);
  });

  it("takes the bytes of a fork's tensor type from the offsets", async () => {
    const tensors = [
      { name: 'a.weight', shape: [256], type: 99, bytes: 96 },
      { name: 'b.weight', shape: [256], type: 'F32' as const },
    ];
    const header = await read(file({ ...base, tensors }));
    expect(header.tensors[0]).toMatchObject({ type: null, typeId: 99, bytes: 96 });
  });

  it('trusts a contested type number only when its size agrees with the offsets', async () => {
    // NVFP4 (40) stores 64 weights in 36 bytes; 40 rows of 64 would take 1,440 bytes.
    const of = async (bytes: number): Promise<unknown> => {
      const tensors = [
        { name: 'a.weight', shape: [64, 40], type: 40, bytes },
        { name: 'b.weight', shape: [256], type: 'F32' as const },
      ];
      return (await read(file({ ...base, tensors }))).tensors[0];
    };
    expect(await of(1440)).toMatchObject({ type: 'NVFP4', bytes: 1440 });
    expect(await of(2048)).toMatchObject({ type: null, bytes: 2048 });
  });

  it('honours general.alignment', async () => {
    const header = await read(file({ ...base, metadata: { ...base.metadata, 'general.alignment': 256 } }));
    expect(header.headerBytes % 256).toBe(0);
    expect(header.tensors[1]?.offset).toBe(1536);
  });
});

describe('readHeader on bad files', () => {
  const withTensors = (tensors: GgufSpec['tensors']): Uint8Array => file({ ...base, tensors: tensors ?? [] });
  const one = { name: 't.weight', shape: [32], type: 'F32' as const };
  const patched = (at: number, value: bigint): Uint8Array => {
    const bytes = file(base);
    new DataView(bytes.buffer).setBigUint64(at, value, true);
    return bytes;
  };
  const plus = (metadata: object): Uint8Array => file({ ...base, metadata: { ...base.metadata, ...metadata } });

  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /is empty/],
    ['four bytes', file(base).subarray(0, 4), /version at byte 4: needs 4 bytes, but the file ends at byte 4/],
    ['text', new TextEncoder().encode('hello world, this is text'), /no GGUF file: it begins with the bytes 68656c6c/],
    ['a web page', new TextEncoder().encode('<!DOCTYPE html><html>'), /web page/],
    ['a Git LFS pointer', new TextEncoder().encode('version https://git-lfs.github.com/spec/v1'), /Git LFS pointer/],
    ['zeros', new Uint8Array(100), /only zeros/],
    ['version 1', file({ ...base, version: 1 }), /version at byte 4: is 1/],
    ['version 9', file({ ...base, version: 9 }), /version at byte 4: is 9/],
    ['a lying number of tensors', patched(8, 2n ** 40n), /number of tensors at byte 8: is 1099511627776, but only/],
    ['a lying number of entries', patched(16, 2n ** 63n), /number of metadata entries at byte 16: is 92233720368547/],
    ['a lying key length', patched(24, 2n ** 62n), /length of key 0 at byte 24/],
    ['a key named twice', file({ metadata: [...Object.entries(base.metadata), ['flag', 1]] }), /key "flag" .* twice/],
    ['an unknown value type', patched(24 + 8 + 20, 77n), /value of "general.architecture" .* unknown value type 77/],
    ['no architecture', file({ metadata: { a: 1 } }), /general.architecture is missing/],
    ['an odd alignment', plus({ 'general.alignment': 33 }), /general.alignment is "33"/],
    ['a zero alignment', plus({ 'general.alignment': 0 }), /general.alignment is "0"/],
    ['a tensor named twice', withTensors([one, one]), /tensor "t.weight" .* twice/],
    ['five dimensions', withTensors([{ ...one, shape: [1, 1, 1, 1, 1] }]), /has 5 dimensions/],
    [
      'a product that overflows',
      withTensors([{ ...one, shape: [2n ** 40n, 2n ** 40n], bytes: 4 }]),
      /impossible shape/,
    ],
    [
      'a length beyond all numbers, as it stands in the file',
      withTensors([{ ...one, shape: [2n ** 63n, 32n], bytes: 4 }]),
      /impossible shape 9223372036854775808 × 32/,
    ],
    ['half a block', withTensors([{ name: 't', shape: [33], type: 2, bytes: 32 }]), /33 weights.*Q4_0 blocks/],
    ['an odd offset', withTensors([{ ...one, offset: 7 }]), /starts at 7, no multiple of the alignment 32/],
    ['an offset beyond all numbers', withTensors([{ ...one, offset: 2n ** 63n }]), /impossible offset/],
    ['overlapping tensors', withTensors([one, { ...one, name: 'u', offset: 64 }]), /takes 128 bytes.*starts after 64/],
    ['a tensor beyond the end', withTensors([{ ...one, offset: 1 << 20 }]), /but the file has only/],
    ['data cut off', file(base, 1500), /tensor "output_norm.weight" .* ends at byte \d+, but the file has only/],
  ])('says what is wrong with %s', async (_, bytes, message) => {
    const error: unknown = await read(bytes).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidModelFileError);
    expect((error as InvalidModelFileError).message).toMatch(message);
    expect((error as InvalidModelFileError).message).toMatch(/^m\.gguf/);
    expect((error as InvalidModelFileError).hint).toBeTruthy();
  });

  it('refuses every truncation of a header', async () => {
    const whole = createGguf(base);
    for (let length = 0; length < whole.length; length++) {
      await expect(read(whole.subarray(0, length))).rejects.toBeInstanceOf(InvalidModelFileError);
    }
  });

  it('never takes more memory than its budget for tiny entries', async () => {
    const tensors = Array.from({ length: 150_000 }, (_, i) => ({
      name: `${i}`,
      shape: [],
      type: 0,
      bytes: 0,
      offset: 0,
    }));
    await expect(read(withTensors(tensors))).rejects.toThrow(/more than 40 MiB of memory/);
  });

  it('does not follow arrays in arrays without end', async () => {
    const empty = [4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    const bytes = file({ metadata: { 'general.architecture': 'llama', list: [1] } }, 12 * 60_000);
    const view = new DataView(bytes.buffer);
    const list = Buffer.from(bytes.buffer).indexOf('list') + 4;
    view.setUint32(list + 4, 9, true);
    view.setBigUint64(list + 8, 50_000n, true);
    for (let i = 0; i < 50_000; i++) bytes.set(empty, list + 16 + 12 * i);
    await expect(read(bytes)).rejects.toThrow(/more than 40 MiB of memory/);
    view.setBigUint64(list + 8, 3n, true);
    expect((await read(bytes)).metadata.get('list')).toEqual({
      kind: 'array',
      elementType: 'array',
      length: 3,
      values: null,
    });
  });
});
