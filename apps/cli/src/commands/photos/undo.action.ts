import { openSidecars } from '@plimsoll/composition';
import type { PhotosUndoDocument } from '@plimsoll/contract';
import { EXIT } from '../../errors/exit-codes.js';
import type { CommandContext } from '../command-context.js';
import { withPlimsoll } from '../with-plimsoll.js';
import { undoFolder } from './photo-folders.js';
import type { UndoFlags } from './photos.flags.js';
import { renderUndo } from './photos.render.js';
import { lastRun, markUndone } from './undo-journal.js';

/** `plimsoll photos undo`. */
export async function undoPhotos(context: CommandContext, flags: UndoFlags): Promise<number> {
  const { output, signal } = context;
  return withPlimsoll(context, flags, async ({ loaded }) => {
    const run = await lastRun(undoFolder(loaded.settings.storeFile));
    const writer = await openSidecars();
    const counts = { undone: 0, gone: 0 };
    const editedSince: string[] = [];
    for (const change of run?.changes ?? []) {
      const came = await writer.undo(change, { signal });
      if (came === 'edited-since') editedSince.push(change.path);
      else if (came === 'gone') counts.gone += 1;
      else if (came === 'undone') counts.undone += 1;
    }
    if (run !== null) await markUndone(run);
    const document: PhotosUndoDocument = {
      ...{ schema: 'plimsoll.photos-undo/1', journal: run?.file ?? null, editedSince },
      ...counts,
    };
    output.result(document, renderUndo);
    return EXIT.done;
  });
}
