import type { PhotosDocument } from '@plimsoll/contract';

const COLUMNS = [
  'path',
  'overallScore',
  'recommendation',
  'focusScore',
  'exposureScore',
  'compositionScore',
  'noiseScore',
  'facesDetected',
  'eyesScore',
  'burst',
  'bestOfBurst',
  'llmScore',
  'llmLevel',
  'tags',
  'error',
] as const;

/** One line per photo, by RFC 4180. */
export function photosCsv({ photos }: PhotosDocument): string {
  const rows = photos.map((photo) => [
    photo.path,
    photo.overallScore,
    photo.recommendation,
    photo.focusScore,
    photo.exposureScore,
    photo.compositionScore,
    photo.noiseScore,
    photo.facesDetected,
    photo.eyesScore,
    photo.burst?.number ?? null,
    photo.burst?.isBest ?? null,
    photo.llm?.score ?? null,
    photo.llm?.level ?? null,
    photo.tags.join(';'),
    photo.error?.message ?? photo.llmFailure?.message ?? null,
  ]);
  return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number | boolean | null): string {
  const text = typeof value === 'number' ? String(Number(value.toFixed(4))) : String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
