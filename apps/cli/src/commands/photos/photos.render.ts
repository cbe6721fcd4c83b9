import type {
  PhotosCompareDocument,
  PhotosDocument,
  PhotosUndoDocument,
  PhotosWorkersDocument,
} from '@plimsoll/contract';
import path from 'node:path';
import { formatBytes } from '../../output/format.js';
import type { Style } from '../../output/style.js';
import { renderTable } from '../../output/table.js';

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
const score = (value: number | null): string => value?.toFixed(1) ?? '?';

/** The photos, best first, and how many passed. */
export function renderPhotos(document: PhotosDocument, style: Style, width: number | null): string {
  const { photos, model, minScore, passed, unreadable, invalidAnswers } = document;
  const sidecars = photos.filter(({ sidecar }) => sidecar !== null).length;
  const ranked = photos
    .filter(({ error }) => error === null)
    .sort((a, b) => (b.overallScore ?? 0) - (a.overallScore ?? 0));
  const table = renderTable(
    [
      { header: 'photo', flexible: true, least: 24 },
      { header: 'score', align: 'right' },
      { header: 'focus', align: 'right', dropped: 3 },
      { header: 'exposure', align: 'right', dropped: 2 },
      { header: 'composition', align: 'right', dropped: 1 },
      ...(model === null ? [] : [{ header: 'model', align: 'right', dropped: 5 } as const]),
      { header: 'advice' },
      { header: 'why', flexible: true, least: 16, dropped: 4 },
    ],
    ranked.map((photo) => [
      path.basename(photo.path),
      score(photo.overallScore),
      score(photo.focusScore),
      score(photo.exposureScore),
      score(photo.compositionScore),
      ...(model === null ? [] : [photo.llm === null ? '–' : score(photo.llm.score)]),
      photo.burst?.isBest === false ? `${photo.recommendation}, burst` : (photo.recommendation ?? ''),
      reasonsOf(photo.reasons),
    ]),
    { maxWidth: width, headerStyle: style.dim },
  );
  const broken = photos.filter(({ error }) => error !== null).map(({ error }) => `  ${error?.message ?? ''}`);
  return [
    ...(ranked.length === 0 ? [] : [table, '']),
    `${passed} of ${counted(photos.length, 'photo')} scored ${minScore} or more.`,
    ...(invalidAnswers === 0 ? [] : [`The model gave ${counted(invalidAnswers, 'answer')} that could not be used.`]),
    ...(sidecars === 0 ? [] : [`${counted(sidecars, 'sidecar')} written. To take back: plimsoll photos undo`]),
    ...(unreadable === 0 ? [] : [`${unreadable} could not be read:`, ...broken]),
  ].join('\n');
}

const QUIET = ['sharp', 'sharp-eyes', 'low-iso', 'model'];

function reasonsOf(reasons: PhotosDocument['photos'][number]['reasons']): string {
  return reasons
    .map(({ kind }) => String(kind))
    .filter((kind) => !QUIET.includes(kind))
    .map((kind) => kind.replaceAll('-', ' '))
    .join(', ');
}

/** The levels side by side. */
export function renderPhotosCompare(document: PhotosCompareDocument, style: Style, width: number | null): string {
  const { levels, reference, repeatNoise, photos } = document;
  const number = (value: number | null | undefined, digits = 2): string => value?.toFixed(digits) ?? '–';
  const table = renderTable(
    [
      { header: 'level' },
      { header: 'mean ms', align: 'right' },
      { header: 'speedup', align: 'right', dropped: 3 },
      { header: 'memory', align: 'right', dropped: 4 },
      { header: 'valid', align: 'right' },
      { header: 'Spearman', align: 'right', dropped: 2 },
      { header: 'mean difference', align: 'right' },
      { header: 'same advice', align: 'right', dropped: 1 },
      { header: 'flips', align: 'right' },
    ],
    levels.map(({ level, avgMs, speedup, residentBytes, successRate, agreement }) => [
      level === reference ? `${level} (reference)` : level,
      number(avgMs, 0),
      number(speedup),
      residentBytes === null ? '–' : formatBytes(residentBytes),
      successRate === null ? '–' : `${(successRate * 100).toFixed(0)} %`,
      number(agreement?.spearman.value),
      number(agreement?.meanAbsoluteError.value),
      number(agreement?.sameRecommendation.value),
      agreement === null ? '–' : `${agreement.flips.length}`,
    ]),
    { maxWidth: width, headerStyle: style.dim },
  );
  const noise = repeatNoise?.meanAbsoluteError.value;
  return [
    table,
    '',
    `${counted(photos, 'photo')}. Asked twice, ${reference} differs from itself by ${number(noise)} on average.`,
    ...levels.flatMap(({ level, error }) => (error === null ? [] : [`${level}: ${error.message}`])),
  ].join('\n');
}

/** What was undone. */
export function renderUndo({ journal, undone, editedSince, gone }: PhotosUndoDocument): string {
  if (journal === null) return 'There is nothing to undo.';
  return [
    `${counted(undone, 'sidecar')} put back as before.`,
    ...(gone === 0 ? [] : [`${gone} are no longer there.`]),
    ...editedSince.map((file) => `${file} was edited since and is left alone.`),
  ].join('\n');
}

/** A sentence about a photo, which may name it already. */
export function aboutPhoto(file: string, sentence: string): string {
  return sentence.startsWith(file) ? sentence : `${path.basename(file)}: ${sentence}`;
}

/** The lanes of the queue, and what was given up. */
export function renderWorkers(document: PhotosWorkersDocument, style: Style, width: number | null): string {
  const { lanes, dead, retried } = document;
  const table = renderTable(
    [
      { header: 'lane', flexible: true },
      { header: 'waiting', align: 'right' },
      { header: 'at work', align: 'right' },
      { header: 'to retry', align: 'right', dropped: 1 },
      { header: 'given up', align: 'right' },
      { header: '' },
    ],
    lanes.map(({ lane, waiting, active, delayed, dead: given, paused }) => [
      lane,
      ...[waiting, active, delayed, given].map(String),
      paused ? 'paused' : '',
    ]),
    { maxWidth: width, headerStyle: style.dim },
  );
  return [
    lanes.length === 0 ? 'The queue is empty.' : table,
    ...(retried === 0 ? [] : ['', `${counted(retried, 'photo')} that had been given up: tried again.`]),
    ...(dead.length === 0 ? [] : ['', 'Given up, the last first:']),
    ...dead.map(({ path: file, message }) => `  ${aboutPhoto(file, message)}`),
  ].join('\n');
}
