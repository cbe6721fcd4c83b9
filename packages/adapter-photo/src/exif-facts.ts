import type { PhotoExif } from '@plimsoll/domain';
import exifr from 'exifr';

/** What is known of a photo without EXIF. */
export const NO_EXIF: PhotoExif = {
  camera: null,
  iso: null,
  exposureSeconds: null,
  aperture: null,
  focalLengthMm: null,
  takenAtMs: null,
  flashFired: null,
  location: null,
};

const OPTIONS = {
  ...{ tiff: true, exif: true, gps: true, xmp: false, icc: false, iptc: false, interop: false, makerNote: false },
  ...{ translateValues: false, reviveValues: false, userComment: false, silentErrors: true },
};

/** Facts from EXIF data (a TIFF structure in memory) or from a file. Broken data and absurd values are unknown. */
export async function exifFacts(source: Buffer | string): Promise<PhotoExif> {
  try {
    const tags: unknown = await exifr.parse(source, OPTIONS);
    return typeof tags === 'object' && tags !== null ? factsOf(new Map(Object.entries(tags))) : NO_EXIF;
  } catch {
    return NO_EXIF;
  }
}

type Tags = ReadonlyMap<string, unknown>;

function factsOf(tags: Tags): PhotoExif {
  const [latitude, longitude] = [number(tags, 'latitude', -90, 90), number(tags, 'longitude', -180, 180)];
  const flash = number(tags, 'Flash', 0, 0xffff);
  return {
    camera: cameraOf(tags),
    iso: number(tags, 'ISO', 1, 10_000_000) ?? number(tags, 'ISOSpeedRatings', 1, 10_000_000),
    exposureSeconds: number(tags, 'ExposureTime', 1e-6, 86_400),
    aperture: number(tags, 'FNumber', 0.3, 512),
    focalLengthMm: number(tags, 'FocalLength', 1, 20_000),
    takenAtMs: takenAt(tags),
    flashFired: flash === null ? null : (flash & 1) === 1,
    location: latitude === null || longitude === null ? null : { latitude, longitude },
  };
}

function number(tags: Tags, name: string, least: number, most: number): number | null {
  const value = tags.get(name);
  return typeof value === 'number' && value >= least && value <= most ? value : null;
}

const MOST_TEXT = 80;

function text(tags: Tags, name: string): string | null {
  const value = tags.get(name);
  if (typeof value !== 'string') return null;
  const clean = value.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return clean === '' ? null : clean.slice(0, MOST_TEXT);
}

/** The model alone where it begins with the make, as Canon's and Nikon's do. */
function cameraOf(tags: Tags): string | null {
  const [make, model] = [text(tags, 'Make'), text(tags, 'Model')];
  if (make === null || model === null) return model ?? make;
  const first = make.split(' ')[0] ?? make;
  return model.toLowerCase().startsWith(first.toLowerCase()) ? model : `${make} ${model}`;
}

function takenAt(tags: Tags): number | null {
  const [, date, time] = /^(\d{4}:\d{2}:\d{2}) (\d{2}:\d{2}:\d{2})/.exec(text(tags, 'DateTimeOriginal') ?? '') ?? [];
  if (date === undefined || time === undefined) return null;
  const zone = /^[+-]\d{2}:\d{2}$/.exec(text(tags, 'OffsetTimeOriginal') ?? '')?.[0] ?? 'Z';
  const subSeconds = text(tags, 'SubSecTimeOriginal') ?? '';
  const fraction = /^\d+$/.test(subSeconds) ? Math.floor(1000 * Number(`0.${subSeconds}`)) : 0;
  const at = Date.parse(`${date.replaceAll(':', '-')}T${time}${zone}`);
  return Number.isFinite(at) && at > 0 ? at + fraction : null;
}
