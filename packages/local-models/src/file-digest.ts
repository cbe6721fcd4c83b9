import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** Read whole from the start: names, settings and the tensors' table of most models. */
const HEAD_BYTES = 1 << 20;
/** Read from places spread evenly over the rest. */
const SAMPLES = 16;
const SAMPLE_BYTES = 1 << 18;

/**
 * Tells files with different content apart without reading gigabytes: SHA-256 over the length, the first MiB and 16
 * pieces of 256 KiB, few because a whole folder is listed with it and each is a seek. Quantizing, merging or training
 * a model changes all of it; it is no proof against forgery.
 * @returns `sampled-sha256:…`, or null when the file cannot be read.
 */
export async function fileDigest(path: string): Promise<string | null> {
  try {
    const file = await open(path, 'r');
    try {
      return `sampled-sha256:${await sampled(file)}`;
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

async function sampled(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const hash = createHash('sha256').update(`${size}\n`);
  const buffer = Buffer.allocUnsafe(HEAD_BYTES);
  const add = async (length: number, position: number): Promise<void> => {
    const { bytesRead } = await file.read(buffer, 0, length, position);
    hash.update(buffer.subarray(0, bytesRead));
  };
  await add(HEAD_BYTES, 0);
  const rest = Math.max(0, size - HEAD_BYTES);
  const step = Math.max(SAMPLE_BYTES, rest / SAMPLES);
  for (let at = 0; at < rest; at += step) await add(SAMPLE_BYTES, HEAD_BYTES + Math.floor(at));
  return hash.digest('hex');
}
