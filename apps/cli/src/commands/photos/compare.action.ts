import { ComparePhotoLevels } from '@plimsoll/application';
import { openPhotoReader, photoModel } from '@plimsoll/composition';
import { photosCompareDocument } from '@plimsoll/contract';
import { InvalidInputError, type Level } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import { checkWritable, writeWhole } from '../../output/write-file.js';
import type { CommandContext } from '../command-context.js';
import { withPlimsoll } from '../with-plimsoll.js';
import { findPhotos } from './find-photos.js';
import type { PhotosCompareFlags } from './photos.flags.js';
import { renderPhotosCompare } from './photos.render.js';
import { thumbnailsOf } from './thumbnails.js';

const LEVELS: readonly Level[] = ['F16', 'Q8_0', 'Q4_K_M'];

/** `plimsoll photos compare`. */
export async function comparePhotos(
  context: CommandContext,
  paths: readonly string[],
  flags: PhotosCompareFlags,
): Promise<number> {
  const { output, signal } = context;
  if (flags.html !== undefined) await checkWritable('--html', flags.html);
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
      const comparison = await new ComparePhotoLevels(reader, photoModel(plimsoll)).compare(
        { paths: photos, model, levels, iterations, preset, sendPicture },
        { signal, onProgress: (level, done, total) => bar.update(`${level}: ${done} of ${total}`, done / total) },
      );
      bar.stop();
      const document = photosCompareDocument(comparison, photos.length);
      if (flags.html !== undefined) {
        const thumbnails = await thumbnailsOf(context, reader, document.judged);
        const { levelSheet } = await import('@plimsoll/report');
        await writeWhole(flags.html, levelSheet(document, thumbnails));
      }
      output.result(document, (shown) => renderPhotosCompare(shown, output.style, output.width));
      return comparison.levels.some(({ avgMs }) => avgMs !== null) ? EXIT.done : EXIT.failed;
    } finally {
      bar.stop();
      await reader.close();
    }
  });
}
