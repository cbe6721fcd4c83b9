import type { PhotosCompareDocument } from '@plimsoll/contract';
import { photoSheet } from './photo-sheet.js';
import type { SheetCard } from './photo-sheet.js';

type JudgedPhoto = PhotosCompareDocument['judged'][number];

/** A page with every photo and what each level says of it; flips, where the advice changes, have a filter. */
export function levelSheet(document: PhotosCompareDocument, thumbnails: ReadonlyMap<string, string>): string {
  const { judged, levels, model, reference } = document;
  const flips = levels.flatMap(({ level, agreement }) =>
    agreement === null ? [] : [`${level} flips ${agreement.flips.length}`],
  );
  return photoSheet(
    {
      title: `${judged.length} photos at ${levels.length} levels of ${model}`,
      summary: `The score is that of ${reference}, the reference. ${flips.join(', ')}.`,
      filters: ['flips', 'approve', 'review', 'reject', 'invalid'],
    },
    judged.map((photo) => card(photo, reference, thumbnails.get(photo.path))),
  );
}

function card({ path, verdicts }: JudgedPhoto, reference: string, thumbnail: string | undefined): SheetCard {
  const own = verdicts.find(({ level }) => level === reference) ?? null;
  const recommendation = own?.recommendation ?? null;
  const isFlip = (verdict: JudgedPhoto['verdicts'][number]): boolean =>
    recommendation !== null && verdict.recommendation !== null && verdict.recommendation !== recommendation;
  return {
    ...{ path, thumbnail, score: own?.score ?? null, verdict: recommendation ?? 'error' },
    groups: [
      recommendation ?? 'invalid',
      ...(verdicts.some(isFlip) ? ['flips'] : []),
      ...(recommendation !== null && verdicts.some(({ score }) => score === null) ? ['invalid'] : []),
    ],
    details: verdicts.map((verdict) => {
      const { level, score, recommendation: advice } = verdict;
      if (score === null) return `${level}: no valid answer`;
      return `${level}: ${score.toFixed(1)}, ${advice ?? '?'}${isFlip(verdict) ? ' ← flips' : ''}`;
    }),
  };
}
