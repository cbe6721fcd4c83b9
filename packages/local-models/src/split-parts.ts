/** The files of a split model in order, from the name of its first part; an ordinary file is its own only part. */
export function splitParts(path: string): readonly string[] {
  const found = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/.exec(path);
  const [, prefix, , count] = found ?? [];
  if (prefix === undefined || count === undefined) return [path];
  return Array.from(
    { length: Number(count) },
    (_, i) => `${prefix}-${String(i + 1).padStart(5, '0')}-of-${count}.gguf`,
  );
}
