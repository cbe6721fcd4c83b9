/** What was read of a body, and whether it was longer. */
export interface BoundedBody {
  readonly bytes: Buffer;
  readonly truncated: boolean;
}

/** Reads at most `maxBytes` of a body. What lies beyond is not downloaded: leaving the loop ends the request. */
export async function boundedBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<BoundedBody> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(piece.subarray(0, Math.max(0, maxBytes - length)));
    length += piece.length;
    if (length > maxBytes) break;
  }
  return { bytes: Buffer.concat(pieces), truncated: length > maxBytes };
}
