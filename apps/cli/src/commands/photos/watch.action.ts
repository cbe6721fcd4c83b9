import { EvaluatePhotos, type PhotoOutcome } from '@plimsoll/application';
import { openPhotoReader, openPhotoStores, photoModel } from '@plimsoll/composition';
import { photoDocument } from '@plimsoll/contract';
import { CLOCK } from '@plimsoll/di';
import { InvalidInputError, isPlimsollError } from '@plimsoll/domain';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { CommandContext } from '../command-context.js';
import { EXIT } from '../../errors/exit-codes.js';
import { printablePath } from '../../output/printable.js';
import { withPlimsoll } from '../with-plimsoll.js';
import { Arrivals } from './arrivals.js';
import { findPhotos } from './find-photos.js';
import { lowerLevels } from './lower-levels.js';
import { photoFolder } from './photo-folders.js';
import { governed, type WatchFlags } from './photos.flags.js';

const LOOK_MS = 2000;

/** `plimsoll photos watch`: looks again and again, which works on shares and cards where systems send no events. */
export async function watchPhotos(context: CommandContext, folder: string, flags: WatchFlags): Promise<number> {
  const { output, signal } = context;
  const found = await stat(folder).catch(() => null);
  // Says why it cannot be read.
  if (found === null) await findPhotos([folder]);
  if (found?.isDirectory() === false) {
    throw new InvalidInputError(`${folder} is not a folder.`, {
      hint: 'One photo is judged by: plimsoll photos evaluate',
    });
  }
  return withPlimsoll(context, governed(flags), async (plimsoll) => {
    const { settings } = plimsoll.loaded;
    const clock = await plimsoll.get(CLOCK);
    const [reader, stores] = [await openPhotoReader(), await openPhotoStores(photoFolder(settings.storeFile))];
    const evaluate = new EvaluatePhotos(reader, photoModel(plimsoll));
    const { preset, model = null, level, picture: sendPicture } = flags;
    const options = {
      signal,
      preset,
      model,
      level,
      sendPicture,
      results: stores.results,
      lowerLevels: lowerLevels(flags, settings),
    };
    const arrivals = new Arrivals();
    output.note(`Watching ${printablePath(path.resolve(folder))}. Stop with Ctrl-C.`);
    try {
      for (;;) {
        for await (const outcome of evaluate.evaluateAll(await arrivals.look(folder), options)) show(context, outcome);
        await clock.sleep(LOOK_MS, { signal });
      }
    } catch (error) {
      if (isPlimsollError(error) && error.code === 'cancelled' && signal.aborted) return EXIT.done;
      throw error;
    } finally {
      await Promise.allSettled([reader.close(), stores.close()]);
    }
  });
}

function show({ output }: CommandContext, outcome: PhotoOutcome): void {
  const { path: file, evaluation, error } = outcome;
  output.jsonLine({ schema: 'plimsoll.photo/1', ...photoDocument(outcome, [], null) });
  output.part({ file, why: error?.message ?? null }, (shown) =>
    evaluation === null
      ? (shown.why ?? '')
      : `${evaluation.overallScore.toFixed(1)} ${evaluation.recommendation.padEnd(7)} ${path.basename(shown.file)}`,
  );
}
