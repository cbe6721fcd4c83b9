import { createHash } from 'node:crypto';
import type { CachedFile } from './header-cache.js';

const MAX_HEAD_BYTES = 1 << 20;

/** First line of an entry: everything but the bytes. */
interface EntryHead {
  readonly key: string;
  readonly size: number;
  readonly etag: string | null;
  readonly ranges: readonly (readonly [offset: number, length: number])[];
  readonly sha256: string;
}

/** An entry as it is stored: one line of JSON, then the ranges' bytes. */
export function encodeCachedFile(file: CachedFile, key: string): Uint8Array[] {
  const hash = createHash('sha256');
  for (const { bytes } of file.ranges) hash.update(bytes);
  const head: EntryHead = {
    key,
    size: file.size,
    etag: file.etag,
    ranges: file.ranges.map(({ offset, bytes }) => [offset, bytes.length]),
    sha256: hash.digest('hex'),
  };
  return [Buffer.from(`${JSON.stringify(head)}\n`), ...file.ranges.map(({ bytes }) => bytes)];
}

/** Reads an entry back; null when it is damaged or stands for another key. */
export function decodeCachedFile(stored: Buffer, key: string): CachedFile | null {
  const end = stored.subarray(0, MAX_HEAD_BYTES).indexOf(0x0a);
  if (end < 0) return null;
  const head = parseHead(stored.toString('utf8', 0, end));
  if (head?.key !== key) return null;
  const payload = stored.subarray(end + 1);
  if (createHash('sha256').update(payload).digest('hex') !== head.sha256) return null;
  let at = 0;
  const ranges = head.ranges.map(([offset, length]) => {
    const bytes = payload.subarray(at, at + length);
    at += length;
    return { offset, bytes };
  });
  return { size: head.size, etag: head.etag, ranges };
}

function parseHead(text: string): EntryHead | null {
  try {
    const head = JSON.parse(text) as Partial<EntryHead> | null;
    const complete =
      typeof head?.key === 'string' &&
      typeof head.size === 'number' &&
      typeof head.sha256 === 'string' &&
      Array.isArray(head.ranges);
    return complete ? (head as EntryHead) : null;
  } catch {
    return null;
  }
}
