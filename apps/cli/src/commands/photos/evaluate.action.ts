import { EvaluatePhotos, QueuePhotos, burstsOf, type PhotoEvaluation, type PhotoOutcome } from '@plimsoll/application';
import {
  openFaceFinder,
  openPhotoQueue,
  openPhotoReader,
  openPhotoStores,
  openSharedPhotoStores,
  openSidecars,
  photoModel,
  type PhotoStores,
  type Plimsoll,
} from '@plimsoll/composition';
import { photoDocument, type PhotosDocument } from '@plimsoll/contract';
import { CLOCK } from '@plimsoll/di';
import {
  InvalidInputError,
  isPlimsollError,
  type FaceFinder,
  type PhotoReader,
  type SidecarStyle,
} from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import { printablePath } from '../../output/printable.js';
import { checkWritable, writeWhole } from '../../output/write-file.js';
import type { CommandContext } from '../command-context.js';
import { withPlimsoll } from '../with-plimsoll.js';
import { findPhotos } from './find-photos.js';
import { photoFolder } from './photo-folders.js';
import { photosCsv } from './photos.csv.js';
import { governed, type EvaluateFlags } from './photos.flags.js';
import { renderPhotos } from './photos.render.js';
import { lowerLevels } from './lower-levels.js';
import { sidecarPatch } from './sidecar-patch.js';
import { thumbnailsOf } from './thumbnails.js';
import { bothPlaces, sharedPlaces, type SharedPlaces } from './shared-places.js';

const MIN_SCORE = 3.5;

/** `plimsoll photos evaluate`. */
export async function evaluatePhotos(
  context: CommandContext,
  paths: readonly string[],
  flags: EvaluateFlags,
): Promise<number> {
  const { output } = context;
  if (flags.csv !== undefined) await checkWritable('--csv', flags.csv);
  if (flags.html !== undefined) await checkWritable('--html', flags.html);
  checkFlags(flags);
  const places = sharedPlaces(context, flags);
  if (places.queue !== null) bothPlaces(places);
  if (places.queue !== null && flags.faces === true) {
    throw new InvalidInputError('Faces are looked for by this process alone: leave out --faces or the queue.');
  }
  const photos = await findPhotos(paths);
  return withPlimsoll(context, governed(flags), async (plimsoll) => {
    const clock = await plimsoll.get(CLOCK);
    const reader = await openPhotoReader();
    const faces = flags.faces === true ? await openFaceFinder() : null;
    const stores = await openStores(places, plimsoll);
    const bar = output.progress('photos');
    const outcomes: PhotoOutcome[] = [];
    const sidecars = new Map<string, string>();
    try {
      const record = { ...stores, run: `${clock.nowMs()}` };
      const write = flags.xmp === true ? await sidecarWriting(flags.sidecarStyle ?? 'lightroom', record) : null;
      for await (const outcome of judged(context, photos, flags, {
        plimsoll,
        reader,
        faces,
        stores,
        queue: places.queue,
      })) {
        outcomes.push(outcome);
        bar.update(`${outcomes.length} of ${photos.length}`, outcomes.length / photos.length);
        const written = outcome.evaluation === null ? null : await write?.(outcome.evaluation);
        if (typeof written === 'string') sidecars.set(outcome.path, written);
        else if (written != null) output.warn(written.warning);
      }
      bar.stop();
      const document = photosDocument(inOrderOf(photos, outcomes), sidecars, flags);
      if (flags.csv !== undefined) {
        await writeWhole(flags.csv, photosCsv(document));
        output.note(`Table: ${printablePath(flags.csv)}`);
      }
      if (flags.html !== undefined) {
        const thumbnails = await thumbnailsOf(context, reader, document.photos);
        const { contactSheet } = await import('@plimsoll/report');
        await writeWhole(flags.html, contactSheet(document, thumbnails));
        output.note(`Contact sheet: ${printablePath(flags.html)}`);
      }
      output.result(document, (shown) => renderPhotos(shown, output.style, output.width));
      return document.unreadable === photos.length ? EXIT.failed : EXIT.done;
    } finally {
      bar.stop();
      await Promise.allSettled([reader.close(), faces?.close(), stores.close()]);
    }
  });
}

function openStores({ store }: SharedPlaces, { loaded }: Plimsoll): Promise<PhotoStores> {
  return store === null ? openPhotoStores(photoFolder(loaded.settings.storeFile)) : openSharedPhotoStores(store);
}

/** Judges photos in this process, or has the workers of a queue judge them. */
async function* judged(
  { signal }: CommandContext,
  photos: readonly string[],
  flags: EvaluateFlags,
  { plimsoll, reader, faces, stores: { results }, queue: queueUrl }: Judging,
): AsyncGenerator<PhotoOutcome> {
  const model = photoModel(plimsoll);
  const options = {
    ...{ signal, preset: flags.preset, model: flags.model ?? null, level: flags.level, rejudge: flags.rejudge },
    ...{ askAboutRejects: flags.askRejects, sendPicture: flags.picture, parallel: flags.parallel },
    lowerLevels: lowerLevels(flags, plimsoll.loaded.settings),
  };
  if (queueUrl === null) {
    const kept = flags.fresh === true ? { get: async () => null, put: results.put.bind(results) } : results;
    yield* new EvaluatePhotos(reader, model, faces).evaluateAll(photos, { ...options, results: kept });
    return;
  }
  const queue = await openPhotoQueue(queueUrl);
  try {
    const clock = await plimsoll.get(CLOCK);
    const queued = new QueuePhotos({ reader, model, results, queue, clock });
    yield* queued.evaluateAll(photos, { ...options, fresh: flags.fresh });
  } finally {
    await queue.close();
  }
}

interface Judging {
  readonly plimsoll: Plimsoll;
  readonly reader: PhotoReader;
  readonly faces: FaceFinder | null;
  readonly stores: PhotoStores;
  readonly queue: string | null;
}

/** Workers give outcomes as they come. */
function inOrderOf(photos: readonly string[], outcomes: readonly PhotoOutcome[]): readonly PhotoOutcome[] {
  const byPath = new Map(outcomes.map((outcome) => [outcome.path, outcome]));
  return photos.flatMap((photo) => byPath.get(photo) ?? []);
}

/** @throws InvalidInputError for flags that need others */
function checkFlags({ model, level, rejudge, sidecarStyle, xmp }: EvaluateFlags): void {
  if (model === undefined && (level !== undefined || rejudge === true)) {
    const flag = level === undefined ? '--rejudge' : '--level';
    throw new InvalidInputError(`${flag} is about a model, but none is named.`, { hint: 'Name one with --model.' });
  }
  if (sidecarStyle !== undefined && xmp !== true) {
    throw new InvalidInputError('--sidecar-style names how sidecars are called, but none are written.', {
      hint: 'Add --xmp.',
    });
  }
}

type Written = string | { readonly warning: string } | null;

/** Writes one sidecar after another; two photos never share one. A sidecar that cannot be patched is a warning. */
async function sidecarWriting(
  style: SidecarStyle,
  { journal, run }: Pick<PhotoStores, 'journal'> & { readonly run: string },
): Promise<(evaluation: PhotoEvaluation) => Promise<Written>> {
  const writer = await openSidecars();
  const owners = new Map<string, string>();
  return async (evaluation) => {
    const place = writer.pathOf(evaluation.path, style);
    const owner = owners.get(place);
    if (owner !== undefined) {
      return { warning: `${evaluation.path} would share ${place} with ${owner}; try --sidecar-style darktable.` };
    }
    owners.set(place, evaluation.path);
    try {
      const change = await writer.prepare(evaluation.path, style, sidecarPatch(evaluation, style));
      if (change === null) return place;
      await journal.add(run, change);
      await writer.apply(change);
      return change.path;
    } catch (error) {
      if (!isPlimsollError(error) || error.code !== 'invalid-input') throw error;
      return { warning: error.message };
    }
  };
}

function photosDocument(
  outcomes: readonly PhotoOutcome[],
  sidecars: ReadonlyMap<string, string>,
  flags: EvaluateFlags,
): PhotosDocument {
  const evaluations = outcomes.flatMap(({ evaluation }) => evaluation ?? []);
  const bursts = burstsOf(evaluations);
  const minScore = flags.minScore ?? MIN_SCORE;
  const invalid = evaluations.map((one) => (one.llmEvaluation ?? one.llmFailure)?.invalidAnswers ?? 0);
  return {
    schema: 'plimsoll.photos/1',
    preset: flags.preset ?? 'general',
    model: flags.model ?? null,
    minScore,
    photos: outcomes.map((outcome) => photoDocument(outcome, bursts, sidecars.get(outcome.path) ?? null)),
    passed: evaluations.filter(({ overallScore }) => overallScore >= minScore).length,
    unreadable: outcomes.length - evaluations.length,
    invalidAnswers: invalid.reduce((sum, count) => sum + count, 0),
  };
}
