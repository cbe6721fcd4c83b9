/** What a person typed so far, when a message may have several lines. */
export interface TypedMessage {
  /** The message, or null while more of it is to come. */
  readonly message: string | null;
  readonly pending: readonly string[];
}

const FENCE = '"""';

/**
 * Takes one more line. A message is one line; a line that ends in a backslash goes on with the next, and what stands
 * between two `"""` may have any number of them.
 */
export function takeLine(pending: readonly string[], line: string): TypedMessage {
  const lines = [...pending, line];
  const text = lines.join('\n');
  const opened = text.trimStart().startsWith(FENCE);
  if (opened) {
    const inside = text.trimStart().slice(FENCE.length);
    const end = inside.indexOf(FENCE);
    if (end < 0) return { message: null, pending: lines };
    return { message: `${inside.slice(0, end)}${inside.slice(end + FENCE.length)}`.trim(), pending: [] };
  }
  if (line.endsWith('\\')) return { message: null, pending: lines };
  return { message: text.replaceAll('\\\n', '\n').trim(), pending: [] };
}
