import { isPlimsollError, type PhotoReader } from '@plimsoll/domain';
import type { CommandContext } from '../command-context.js';

const THUMBNAIL_EDGE = 320;

/** Small pictures as data URLs by path; a photo that cannot be read has none. */
export async function thumbnailsOf(
  { output, signal }: CommandContext,
  reader: PhotoReader,
  photos: readonly { readonly path: string }[],
): Promise<ReadonlyMap<string, string>> {
  const bar = output.progress('contact sheet');
  try {
    const thumbnails = new Map<string, string>();
    for (const [index, { path }] of photos.entries()) {
      bar.update(`${index + 1} of ${photos.length}`, index / photos.length);
      const jpeg = await reader.jpeg(path, THUMBNAIL_EDGE, { signal }).catch((error: unknown) => {
        if (isPlimsollError(error) && error.code === 'invalid-input') return null;
        throw error;
      });
      if (jpeg !== null) thumbnails.set(path, `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`);
    }
    return thumbnails;
  } finally {
    bar.stop();
  }
}
