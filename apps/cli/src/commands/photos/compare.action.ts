import {
  ComparePhotoLevels,
  compareByQueue,
  type ComparePhotosOptions,
  type ComparePhotosRequest,
  type PhotoLevelComparison,
} from '@plimsoll/application';
import {
  openLevelQueue,
  openPhotoReader,
  openSharedPhotoStores,
  photoModel,
  type Plimsoll,
} from '@plimsoll/composition';
import { photosCompareDocument } from '@plimsoll/contract';
import { CLOCK } from '@plimsoll/di';
import { InvalidInputError, type VariantLevel } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import { printablePath } from '../../output/printable.js';
import { checkWritable, writeWhole } from '../../output/write-file.js';
import type { CommandContext } from '../command-context.js';
import { withPlimsoll } from '../with-plimsoll.js';
import { findPhotos } from './find-photos.js';
import type { PhotosCompareFlags } from './photos.flags.js';
import { renderPhotosCompare } from './photos.render.js';
import { bothPlaces, sharedPlaces } from './shared-places.js';
import { thumbnailsOf } from './thumbnails.js';

const LEVELS: readonly VariantLevel[] = ['F16', 'Q8_0', 'Q4_K_M'];

/** `plimsoll photos compare`. */
export async function comparePhotos(
  context: CommandContext,
  paths: readonly string[],
  flags: PhotosCompareFlags,
): Promise<number> {
  const { output, signal } = context;
  if (flags.html !== undefined) await checkWritable('--html', flags.html);
  const places = sharedPlaces(context, flags);
  if (places.queue !== null) bothPlaces(places);
  const photos = await findPhotos(paths);
  return withPlimsoll(context, flags, async (plimsoll) => {
    const model = flags.model ?? plimsoll.loaded.settings.model;
    if (model === null) {
      throw new InvalidInputError('There is no model to compare levels of.', { hint: 'Name one with --model.' });
    }
    const reader = await openPhotoReader();
    const bar = output.progress(model);
    try {
      const levels = flags.levels ?? LEVELS;
      const { iterations, preset, picture: sendPicture } = flags;
      const request = { paths: photos, model, levels, iterations, preset, sendPicture };
      const options = {
        signal,
        onProgress: (level: VariantLevel, done: number, total: number) =>
          bar.update(`${level}: ${done} of ${total}`, done / total),
      };
      const comparison =
        places.queue === null
          ? await new ComparePhotoLevels(reader, photoModel(plimsoll)).compare(request, options)
          : await byQueue(bothPlaces(places), plimsoll, request, options);
      bar.stop();
      const document = photosCompareDocument(comparison, photos.length);
      if (flags.html !== undefined) {
        const thumbnails = await thumbnailsOf(context, reader, document.judged);
        const { levelSheet } = await import('@plimsoll/report');
        await writeWhole(flags.html, levelSheet(document, thumbnails));
        output.note(`Contact sheet: ${printablePath(flags.html)}`);
      }
      output.result(document, (shown) => renderPhotosCompare(shown, output.style, output.width));
      return comparison.levels.some(({ avgMs }) => avgMs !== null) ? EXIT.done : EXIT.failed;
    } finally {
      bar.stop();
      await reader.close();
    }
  });
}

/** Each level by some machine that runs `photos workers --compare`. */
async function byQueue(
  places: { readonly queue: string; readonly store: string },
  plimsoll: Plimsoll,
  request: ComparePhotosRequest,
  options: ComparePhotosOptions,
): Promise<PhotoLevelComparison> {
  const clock = await plimsoll.get(CLOCK);
  const queue = await openLevelQueue(places.queue);
  const stores = await openSharedPhotoStores(places.store);
  try {
    const run = `${clock.nowMs()}-${process.pid}`;
    return await compareByQueue({ queue, results: stores.levels, clock }, run, request, options);
  } finally {
    await Promise.allSettled([queue.close(), stores.close()]);
  }
}
