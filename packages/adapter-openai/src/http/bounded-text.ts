/**
 * Reads a body as text, at most `maxBytes` of it.
 * @returns The text, and whether something was left out.
 */
export async function boundedText(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ readonly text: string; readonly truncated: boolean }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    const room = maxBytes - size;
    parts.push(part.subarray(0, room));
    size += part.byteLength;
    // Leaving the loop destroys the stream, so the rest is not downloaded.
    if (size > maxBytes) break;
  }
  return { text: Buffer.concat(parts).toString('utf8'), truncated: size > maxBytes };
}
