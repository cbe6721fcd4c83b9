import { readFileSync } from 'node:fs';
import { sampleModelPath } from '@plimsoll/sample-model';

/** llama.cpp's `LLAMA_POOLING_TYPE_MEAN`. */
const POOLING_MEAN = 1;
const STRING = 8;
const UINT32 = 4;
const COUNT_OFFSET = 16;
const ENTRIES_OFFSET = 24;

/**
 * The sample model with a pooling type in its metadata, which is what makes Ollama start it for embeddings. The
 * added entries fill a whole number of alignment units, so everything behind them stays aligned.
 */
export function embeddingModelFile(): Buffer {
  const file = readFileSync(sampleModelPath());
  const entries = Buffer.concat([
    text('llama.pooling_type'),
    uint32(UINT32),
    uint32(POOLING_MEAN),
    text('general.x'),
    uint32(STRING),
    text('-'),
  ]);
  if (entries.length % 32 !== 0) throw new Error(`the added entries break the alignment: ${entries.length}`);
  file.writeBigUInt64LE(file.readBigUInt64LE(COUNT_OFFSET) + 2n, COUNT_OFFSET);
  return Buffer.concat([file.subarray(0, ENTRIES_OFFSET), entries, file.subarray(ENTRIES_OFFSET)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function text(value: string): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(value.length));
  return Buffer.concat([length, Buffer.from(value)]);
}
