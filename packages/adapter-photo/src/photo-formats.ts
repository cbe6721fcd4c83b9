import path from 'node:path';

const DECODED = ['jpg', 'jpeg', 'jpe', 'png', 'webp', 'tif', 'tiff', 'avif', 'heic', 'heif'];
const RAW = ['3fr', 'arw', 'cr2', 'cr3', 'dng', 'erf', 'nef', 'nrw', 'orf', 'pef', 'raf', 'rw2', 'srw', 'x3f'];

function extension(file: string): string {
  return path.extname(file).slice(1).toLowerCase();
}

/** Whether a file's name is that of a photo that can be read, raw ones included. */
export function isPhotoName(file: string): boolean {
  const own = extension(file);
  return !path.basename(file).startsWith('.') && (DECODED.includes(own) || RAW.includes(own));
}

/** Whether a name is that of a camera's raw file, of which the embedded preview is read. */
export function isRawName(file: string): boolean {
  return RAW.includes(extension(file));
}

/** A format by the first bytes of a file; null for everything else, whatever its name says. */
export function sniffFormat(head: Buffer): 'jpeg' | 'png' | 'webp' | 'tiff' | 'heif' | null {
  if (head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'jpeg';
  const ascii = head.toString('latin1');
  if (ascii.startsWith('\u0089PNG\r\n\u001a\n')) return 'png';
  if (ascii.startsWith('RIFF') && ascii.startsWith('WEBP', 8)) return 'webp';
  if (/^(II[*+]\0|MM\0[*+])/.test(ascii)) return 'tiff';
  return /^(heic|heix|heim|heis|hevc|mif1|msf1|avif|avis)/.test(ascii.slice(8)) && ascii.startsWith('ftyp', 4)
    ? 'heif'
    : null;
}
