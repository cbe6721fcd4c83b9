/** How files begin that are often taken for a GGUF. */
const OPENINGS: readonly (readonly [pattern: RegExp, description: string])[] = [
  [/^version https:\/\/git-lfs/, 'it is a Git LFS pointer, not the model itself; run git lfs pull'],
  [/^\s*(?:<!doctype|<html|<\?xml)/i, 'it is a web page; for Hugging Face use the address with /resolve/, not /blob/'],
  [/^PK\x03\x04/, 'it is a ZIP archive, such as a PyTorch model'],
  [/^\x1f\x8b/, 'it is gzip-compressed; unpack it first'],
  [/^\x28\xb5\x2f\xfd/, 'it is zstd-compressed; unpack it first'],
  [/^(?:tjgg|fmgg|lmgg|algg)/, 'it is a GGML file from before GGUF'],
  [/^.{8}\{"/s, 'it is a safetensors file'],
  [/^\s*[{[]/, 'it is JSON text'],
  [/^\0+$/, 'it holds only zeros; the download may have reserved its space and not filled it'],
];

/** What a file that is no GGUF seems to be, from its first bytes. */
export function describeForeignFile(opening: Buffer): string {
  const text = opening.toString('latin1');
  const known = OPENINGS.find(([pattern]) => pattern.test(text));
  return known?.[1] ?? `it begins with the bytes ${opening.toString('hex', 0, 4)} instead of 47475546`;
}
