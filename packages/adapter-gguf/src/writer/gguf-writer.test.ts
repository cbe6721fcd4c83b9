import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGguf, writeSparseGguf } from './gguf-writer.js';

describe('createGguf', () => {
  it('writes the layout of the GGUF specification', () => {
    const bytes = createGguf({
      metadata: { a: 7, 'general.alignment': 64 },
      tensors: [{ name: 't', shape: [32, 2], type: 'Q8_0' }],
    });
    const view = new DataView(bytes.buffer);
    expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('GGUF');
    expect(view.getUint32(4, true)).toBe(3);
    expect(view.getBigUint64(8, true)).toBe(1n);
    expect(view.getBigUint64(16, true)).toBe(2n);
    expect(view.getBigUint64(24, true)).toBe(1n);
    expect(String.fromCharCode(view.getUint8(32))).toBe('a');
    expect(view.getUint32(33, true)).toBe(4);
    expect(view.getUint32(37, true)).toBe(7);
    expect(bytes.length % 64).toBe(0);
  });

  it('writes arrays with element type and length, and strings with 64-bit lengths', () => {
    const view = new DataView(createGguf({ metadata: { k: ['ab', 'c'] } }).buffer);
    expect(view.getUint32(33, true)).toBe(9);
    expect(view.getUint32(37, true)).toBe(8);
    expect(view.getBigUint64(41, true)).toBe(2n);
    expect(view.getBigUint64(49, true)).toBe(2n);
    expect(view.getBigUint64(59, true)).toBe(1n);
  });

  it('writes big-endian numbers when asked', () => {
    expect(new DataView(createGguf({ metadata: {}, endian: 'big' }).buffer).getUint32(4, false)).toBe(3);
  });
});

describe('writeSparseGguf', () => {
  it('makes a file of full length that takes hardly any disk space', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gguf-writer-'));
    try {
      const path = join(folder, 'big.gguf');
      const sizes = await writeSparseGguf(path, {
        metadata: { 'general.architecture': 'llama' },
        tensors: [{ name: 'token_embd.weight', shape: [4096, 128256], type: 'F16' }],
      });
      const facts = await stat(path);
      expect(sizes.fileBytes).toBe(sizes.headerBytes + 4096 * 128256 * 2);
      expect(facts.size).toBe(sizes.fileBytes);
      expect(facts.blocks * 512).toBeLessThan(1024 * 1024);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
