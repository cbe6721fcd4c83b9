import type { PhotoDocument, PhotosDocument } from '@plimsoll/contract';
import { photoSheet } from './photo-sheet.js';
import type { SheetCard } from './photo-sheet.js';

/** A page with every photo: scores, reasons, bursts, filters, and keys. `thumbnails` are data URLs by path. */
export function contactSheet(document: PhotosDocument, thumbnails: ReadonlyMap<string, string>): string {
  const { photos, passed, minScore, preset, model, unreadable } = document;
  const by = model === null ? 'by their pixels' : `by their pixels and ${model}`;
  return photoSheet(
    {
      title: `${photos.length} photos, judged ${by}`,
      summary: `Preset ${preset}. ${passed} score ${minScore} or more; ${unreadable} could not be read.`,
      filters: ['approve', 'review', 'reject', 'bursts', 'errors'],
    },
    photos.map((photo) => card(photo, thumbnails.get(photo.path))),
  );
}

function card(photo: PhotoDocument, thumbnail: string | undefined): SheetCard {
  const { path, recommendation, overallScore, burst, error } = photo;
  const verdict = error === null ? (recommendation ?? 'review') : 'error';
  return {
    ...{ path, thumbnail, verdict, score: error === null ? overallScore : null },
    groups: [error === null ? verdict : 'errors', ...(burst === null ? [] : ['bursts'])],
    details: detailsOf(photo),
  };
}

function detailsOf(photo: PhotoDocument): readonly string[] {
  const { error, focusScore, exposureScore, compositionScore, eyesScore, reasons, burst, llm, llmFailure } = photo;
  if (error !== null) return [error.message];
  const part = (name: string, score: number | null): string => `${name} ${score?.toFixed(1) ?? '?'}`;
  const parts = [part('focus', focusScore), part('exposure', exposureScore), part('composition', compositionScore)];
  if (eyesScore !== null) parts.push(part('eyes', eyesScore));
  const why = reasons.map(({ kind }) => String(kind).replaceAll('-', ' ')).filter((kind) => kind !== 'model');
  return [
    parts.join(', '),
    ...(why.length === 0 ? [] : [why.join(', ')]),
    ...(burst === null ? [] : [`burst ${burst.number}${burst.isBest ? ', best' : ''}`]),
    ...(llm === null ? [] : [`model ${llm.score.toFixed(1)} (${pointOf(llm)}): ${llm.reasoning}`]),
    ...(llmFailure === null ? [] : [`no opinion of the model: ${llmFailure.message}`]),
  ];
}

function pointOf({ level, askedLevel, variant }: NonNullable<PhotoDocument['llm']>): string {
  const point = level ?? variant;
  return askedLevel !== null && askedLevel !== level ? `${point}, ${askedLevel} was asked for` : point;
}
