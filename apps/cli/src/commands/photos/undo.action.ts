import { openPhotoStores, openSharedPhotoStores, openSidecars } from '@plimsoll/composition';
import type { PhotosUndoDocument } from '@plimsoll/contract';
import { EXIT } from '../../errors/exit-codes.js';
import type { CommandContext } from '../command-context.js';
import { withPlimsoll } from '../with-plimsoll.js';
import { photoFolder } from './photo-folders.js';
import type { UndoFlags } from './photos.flags.js';
import { renderUndo } from './photos.render.js';
import { sharedPlaces } from './shared-places.js';

/** `plimsoll photos undo`. */
export async function undoPhotos(context: CommandContext, flags: UndoFlags): Promise<number> {
  const { output, signal } = context;
  return withPlimsoll(context, flags, async ({ loaded }) => {
    const { store } = sharedPlaces(context, flags);
    const folder = photoFolder(loaded.settings.storeFile);
    const stores = await (store === null ? openPhotoStores(folder) : openSharedPhotoStores(store));
    try {
      const recorded = await stores.journal.last();
      const writer = await openSidecars();
      const counts = { undone: 0, gone: 0 };
      const editedSince: string[] = [];
      for (const change of recorded?.changes ?? []) {
        const came = await writer.undo(change, { signal });
        if (came === 'edited-since') editedSince.push(change.path);
        else if (came === 'gone') counts.gone += 1;
        else if (came === 'undone') counts.undone += 1;
      }
      if (recorded !== null) await stores.journal.markUndone(recorded.run);
      const document: PhotosUndoDocument = {
        ...{ schema: 'plimsoll.photos-undo/1', journal: recorded?.run ?? null, editedSince },
        ...counts,
      };
      output.result(document, renderUndo);
      return EXIT.done;
    } finally {
      await stores.close();
    }
  });
}
