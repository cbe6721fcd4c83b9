/** First characters of base64 by image format. */
const SIGNATURES: readonly (readonly [prefix: string, mediaType: string])[] = [
  ['/9j/', 'image/jpeg'],
  ['iVBORw0KGgo', 'image/png'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['Qk', 'image/bmp'],
];

/** A base64 image as a data URL with its media type; JPEG when the format is not recognised. */
export function imageUrl(base64: string): string {
  if (base64.startsWith('data:')) return base64;
  const mediaType = SIGNATURES.find(([prefix]) => base64.startsWith(prefix))?.[1] ?? 'image/jpeg';
  return `data:${mediaType};base64,${base64}`;
}
