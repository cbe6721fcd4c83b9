/** A text as GGUF writes it: its length in bytes, and those. */
const text = (content) => {
  const bytes = Buffer.from(content);
  return Buffer.concat([numberOf(bytes.length, 8), bytes]);
};

const numberOf = (value, width) => {
  const bytes = Buffer.alloc(width);
  bytes.writeUIntLE(value, 0, Math.min(width, 6));
  return bytes;
};

const [STRING, ARRAY, KEY_COUNT, FIRST_KEY, ALIGNMENT] = [8, 9, 16, 24, 32];

/** A key with a text. */
export const textKey = (key, content) => Buffer.concat([text(key), numberOf(STRING, 4), text(content)]);

/** A key with so many empty texts. */
export const emptyTextsKey = (key, count) =>
  Buffer.concat([text(key), numberOf(ARRAY, 4), numberOf(STRING, 4), numberOf(count, 8), Buffer.alloc(count * 8)]);

/** A model file with keys before its own; the tensors' data keeps its alignment. */
export function withKeys(file, ...keys) {
  const bytes = keys.reduce((sum, key) => sum + key.length, 0);
  const fill = textKey('fill', '');
  keys.push(textKey('fill', ' '.repeat((ALIGNMENT - ((bytes + fill.length) % ALIGNMENT)) % ALIGNMENT)));
  const start = Buffer.from(file.subarray(0, FIRST_KEY));
  start.writeBigUInt64LE(start.readBigUInt64LE(KEY_COUNT) + BigInt(keys.length), KEY_COUNT);
  return Buffer.concat([start, ...keys, file.subarray(FIRST_KEY)]);
}
