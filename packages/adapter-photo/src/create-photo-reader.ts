import { CancelledError, InvalidInputError, throwIfCancelled } from '@plimsoll/domain';
import type { CallOptions, PhotoExif, PhotoReader, PhotoSample } from '@plimsoll/domain';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import sharp from 'sharp';
import type { Metadata, Sharp } from 'sharp';
import { exifFacts } from './exif-facts.js';
import { decodeMeans } from './jpeg/decode-means.js';
import { readProgressiveJpeg } from './jpeg/progressive-jpeg.js';
import { isRawName, sniffFormat } from './photo-formats.js';
import { exiftoolPreviews } from './raw-preview.js';
import type { RawPreviews } from './raw-preview.js';

/** How photos are read. */
export interface PhotoReaderOptions {
  /** Photos with more pixels are refused; 160 million when absent. */
  readonly mostPixels?: number | undefined;
  /**
   * A progressive JPEG whose coefficients take more (2 bytes for each pixel and colour, and the decoder holds all of
   * them) is read at an eighth of its size; 200 million when absent.
   */
  readonly mostCoefficientBytes?: number | undefined;
  /** Finds previews in raw files; ExifTool where it is installed when absent. */
  readonly rawPreviews?: (() => Promise<RawPreviews | null>) | undefined;
}

const MOST_PIXELS = 160_000_000;
const MOST_COEFFICIENT_BYTES = 200_000_000;
const SNIFFED_BYTES = 16;
const JPEG_QUALITY = 85;

/** A file as it was when reading began. */
interface Subject {
  readonly path: string;
  readonly size: number;
  readonly modifiedAtMs: number;
  readonly format: string;
  /** The file itself, the preview inside it, or the same picture at an eighth of its size. */
  readonly image: string | Buffer;
  /** Of the photo, or of the preview inside it. */
  readonly meta: Metadata;
}

/**
 * Reads photos with libvips (`sharp`). A photo is decoded on one thread and nothing is cached, so that memory stays
 * bounded by the photos that are read at the same time; both are settings of the whole process.
 */
export function createPhotoReader(options: PhotoReaderOptions = {}): PhotoReader {
  const { mostPixels = MOST_PIXELS, mostCoefficientBytes = MOST_COEFFICIENT_BYTES } = options;
  let previews: Promise<RawPreviews | null> | null = null;
  sharp.cache(false);
  sharp.concurrency(1);

  const decoder = ({ image }: Subject, longEdge: number): Sharp =>
    sharp(image, { limitInputPixels: mostPixels, failOn: 'error', sequentialRead: true })
      .autoOrient()
      .resize({ width: longEdge, height: longEdge, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#808080' });

  const metadataOf = (image: string | Buffer): Promise<Metadata> =>
    sharp(image, { limitInputPixels: mostPixels }).metadata();

  const previewOf = async (path: string, why: string): Promise<Buffer> => {
    previews ??= (options.rawPreviews ?? exiftoolPreviews)();
    const tool = await previews;
    const preview = (await tool?.preview(path)) ?? null;
    if (preview !== null) return preview;
    throw new InvalidInputError(`${path}: ${why}`, {
      hint:
        tool === null
          ? 'Install the optional package exiftool-vendored@35 (it needs Perl), or export the photo as JPEG.'
          : 'The file has no embedded preview either: export the photo as JPEG.',
    });
  };

  /**
   * A progressive JPEG at an eighth of its size, where decoding it whole would take much memory; null for every other
   * photo. The tag that says how it is turned comes along.
   */
  const reducedJpeg = async (path: string, meta: Metadata): Promise<Buffer | null> => {
    const { width, height, channels, isProgressive, orientation } = meta;
    if (!isProgressive || 2 * width * height * channels <= mostCoefficientBytes) return null;
    const jpeg = width * height > mostPixels ? null : await readProgressiveJpeg(path);
    if (jpeg === null) return null;
    const { rgb, ...size } = await decodeMeans(jpeg);
    const image = sharp(rgb, { raw: { ...size, channels: 3 } }).withMetadata(
      orientation === undefined ? {} : { orientation },
    );
    return image.tiff({ compression: 'none' }).toBuffer();
  };

  const subjectOf = async (path: string): Promise<Subject> => {
    const { size, mtimeMs } = await regularFile(path);
    const sniffed = sniffFormat(await headOf(path));
    const facts = { path, size, modifiedAtMs: mtimeMs };
    if (isRawName(path)) {
      const image = await previewOf(path, 'A raw file is read by the preview inside it, and none was found.');
      return { ...facts, format: 'raw', image, meta: await metadataOf(image) };
    }
    if (sniffed === null) {
      throw new InvalidInputError(`${path}: This is not a photo in a format that can be read.`, {
        hint: 'JPEG, PNG, WebP, TIFF, AVIF and raw files with a preview can.',
      });
    }
    const meta = await metadataOf(path);
    if (sniffed === 'heif' && meta.compression === 'hevc') {
      const image = await previewOf(path, 'The decoder has no HEVC, which this HEIC file is compressed with.');
      return { ...facts, format: 'heif', image, meta: await metadataOf(image) };
    }
    refuseHeldWhole(path, meta);
    const reduced = sniffed === 'jpeg' ? await reducedJpeg(path, meta) : null;
    return { ...facts, format: sniffed, image: reduced ?? path, meta };
  };

  /** Decodes one photo; whatever goes wrong is said about that photo. */
  const reading = async <Result>(
    path: string,
    { signal }: CallOptions,
    work: (subject: Subject) => Promise<Result>,
  ): Promise<Result> => {
    const refuseCancelled = (): void => {
      throwIfCancelled(signal, 'Reading photos was cancelled.');
    };
    refuseCancelled();
    try {
      const subject = await subjectOf(path);
      const result = await work(subject);
      const now = await regularFile(path);
      if (now.size !== subject.size || now.mtimeMs !== subject.modifiedAtMs) {
        throw new InvalidInputError(`${path}: The photo changed while it was read.`, { hint: 'Run it again.' });
      }
      refuseCancelled();
      return result;
    } catch (error) {
      throw describe(path, error);
    }
  };

  return {
    async digest(path, callOptions = {}) {
      try {
        await regularFile(path);
        return await sha256(path, callOptions);
      } catch (error) {
        throw describe(path, error);
      }
    },
    read: (path, longEdge, callOptions = {}) =>
      reading(path, callOptions, async (subject): Promise<PhotoSample> => {
        const { width, height } = subject.meta.autoOrient;
        const [digest, exif, grey] = [
          await sha256(path, callOptions),
          await readExif(subject),
          await decoder(subject, longEdge)
            .toColourspace('b-w')
            .raw({ depth: 'uchar' })
            .toBuffer({ resolveWithObject: true }),
        ];
        return {
          path,
          digest,
          sizeBytes: subject.size,
          modifiedAtMs: subject.modifiedAtMs,
          format: subject.format,
          width,
          height,
          exif,
          pixels: {
            width: grey.info.width,
            height: grey.info.height,
            grey: onlyFirstChannel(grey.data, grey.info.channels),
            scale: grey.info.width / width,
          },
        };
      }),
    jpeg: (path, longEdge, callOptions = {}) =>
      reading(path, callOptions, async (subject) => {
        const encoded = decoder(subject, longEdge).toColourspace('srgb').jpeg({ quality: JPEG_QUALITY });
        return new Uint8Array(await encoded.toBuffer());
      }),
    close: async () => {
      await (await previews)?.close();
      previews = null;
    },
  };
}

/** The most pixels of what the decoder holds whole, for which it takes 18 and 4 bytes a pixel. */
const MOST_HELD = { avif: 50_000_000, interlaced: 66_000_000 } as const;

/** @throws InvalidInputError for a photo that would take far more memory than others of its size */
function refuseHeldWhole(path: string, { format, width, height, compression, isProgressive }: Metadata): void {
  const isInterlaced = format === 'png' && isProgressive;
  const most = compression === 'av1' ? MOST_HELD.avif : isInterlaced ? MOST_HELD.interlaced : Number.POSITIVE_INFINITY;
  if (width * height <= most) return;
  const kind = isInterlaced ? 'An interlaced PNG' : 'An AVIF picture';
  throw new InvalidInputError(`${path}: ${kind} of more than ${most / 1e6} million pixels takes too much memory.`, {
    hint: 'Export it as JPEG, WebP or TIFF.',
  });
}

async function regularFile(path: string): Promise<{ readonly size: number; readonly mtimeMs: number }> {
  const found = await stat(path);
  if (!found.isFile()) throw new InvalidInputError(`${path}: This is not a regular file.`);
  return found;
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFFED_BYTES), 0, SNIFFED_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function sha256(path: string, { signal }: CallOptions): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, signal === undefined ? {} : { signal }))
    hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

/** A raw file's preview often has no EXIF of its own. */
async function readExif({ format, path, meta: { exif } }: Subject): Promise<PhotoExif> {
  if (format === 'raw') return exifFacts(path);
  if (exif === undefined) return exifFacts(Buffer.alloc(0));
  const marker = 'Exif\0\0';
  return exifFacts(exif.toString('latin1', 0, marker.length) === marker ? exif.subarray(marker.length) : exif);
}

function onlyFirstChannel(data: Buffer, channels: number): Uint8Array {
  if (channels === 1) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Uint8Array.from({ length: data.length / channels }, (_, index) => data[index * channels] ?? 0);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'The file is not there.',
  EACCES: 'No permission to read the file.',
  EPERM: 'No permission to read the file.',
  EISDIR: 'This is a folder.',
  ENAMETOOLONG: 'The name is too long.',
};

function describe(path: string, error: unknown): Error {
  if (error instanceof InvalidInputError || error instanceof CancelledError) return error;
  if (!(error instanceof Error)) return new InvalidInputError(`${path}: ${String(error)}`);
  if (error.name === 'AbortError') return new CancelledError('Reading photos was cancelled.', { cause: error });
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = REASONS[code];
  if (known !== undefined) return new InvalidInputError(`${path}: ${known}`, { cause: error });
  if (/pixel limit/i.test(error.message)) {
    return new InvalidInputError(`${path}: The photo has more pixels than are allowed.`, { cause: error });
  }
  const [first = ''] = error.message.split('\n');
  return new InvalidInputError(`${path}: The photo is damaged: ${first.slice(0, 200)}`, { cause: error });
}
