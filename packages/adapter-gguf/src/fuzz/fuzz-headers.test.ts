import { createGguf } from '../writer/gguf-writer.js';
import { describe, expect, it } from 'vitest';
import { BufferSource } from '../header/buffer-source.js';
import { readHeader } from '../header/read-header.js';
import { fuzzHeaders } from './fuzz-headers.js';
import { sampleHeaders } from './sample-headers.js';

describe('fuzzHeaders', () => {
  it('starts from headers that are good', async () => {
    for (const bytes of sampleHeaders(createGguf)) {
      const header = await readHeader(new BufferSource(bytes));
      expect(header.tensors.length).toBeGreaterThan(0);
    }
  });

  it('finds no damaged header that crashes the reader or slips through', async () => {
    const report = await fuzzHeaders({ originals: sampleHeaders(createGguf), runs: 3000, seed: 20260801 });
    expect(report.failures).toEqual([]);
    expect(report.accepted + report.refused).toBe(3000);
    // Both ways out must be exercised, or the mutations are too weak or too strong to tell anything.
    expect(report.accepted).toBeGreaterThan(30);
    expect(report.refused).toBeGreaterThan(1000);
  });

  it('does the same again for the same seed', async () => {
    const once = async (): Promise<unknown> => {
      const { accepted, refused } = await fuzzHeaders({ originals: sampleHeaders(createGguf), runs: 300, seed: 5 });
      return { accepted, refused };
    };
    expect(await once()).toEqual(await once());
  });
});
