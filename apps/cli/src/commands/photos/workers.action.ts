import { WorkOnPhotos, workOnLevels, type PhotoJob } from '@plimsoll/application';
import {
  openLevelQueue,
  openPhotoQueue,
  openPhotoReader,
  openPlimsoll,
  openSharedPhotoStores,
  photoModel,
} from '@plimsoll/composition';
import type { PhotosWorkersDocument } from '@plimsoll/contract';
import { MEASUREMENT_STORE } from '@plimsoll/di';
import type { JobQueue, JobVerdict } from '@plimsoll/domain';
import os from 'node:os';
import path from 'node:path';
import { EXIT } from '../../errors/exit-codes.js';
import type { CommandContext } from '../command-context.js';
import { plimsollOptions } from '../with-plimsoll.js';
import type { WorkersAction, WorkersFlags } from './photos.flags.js';
import { renderWorkers } from './photos.render.js';
import { bothPlaces, sharedPlaces } from './shared-places.js';

const DEAD_SHOWN = 100;

/** `plimsoll photos workers`. */
export async function photoWorkers(
  context: CommandContext,
  action: WorkersAction,
  flags: WorkersFlags,
): Promise<number> {
  const { output, signal } = context;
  const places = sharedPlaces(context, flags);
  // What looks at the queue needs no place for results.
  const { queue: queueUrl, store } = bothPlaces(action === 'run' ? places : { ...places, store: '' });
  const lockMs = flags.lostAfter === undefined ? undefined : flags.lostAfter * 1000;
  const queue = await openPhotoQueue(queueUrl, { lockMs });
  try {
    if (action === 'run') return await runWorker(context, flags, { queue, queueUrl, store });
    if (action === 'pause') await queue.pause({ signal });
    if (action === 'resume') await queue.resume({ signal });
    const retried = action === 'retry' ? await queue.retryDead({ signal }) : 0;
    output.result(await workersDocument(queue, retried, signal), (shown) =>
      renderWorkers(shown, output.style, output.width),
    );
    return EXIT.done;
  } finally {
    await queue.close();
  }
}

/** Works until it is stopped. Measurements of the model go where the results go. */
async function runWorker(
  context: CommandContext,
  flags: WorkersFlags,
  { queue, queueUrl, store }: { readonly queue: JobQueue<PhotoJob>; readonly queueUrl: string; readonly store: string },
): Promise<number> {
  const { output, signal } = context;
  const stores = await openSharedPhotoStores(store);
  const replace = new Map([[MEASUREMENT_STORE, stores.measurements]]);
  const plimsoll = await openPlimsoll({ ...plimsollOptions(context, flags), replace });
  const reader = await openPhotoReader();
  try {
    if (flags.compare === true) {
      const levels = await openLevelQueue(queueUrl);
      try {
        output.note('Judging levels for comparisons. Stop with Ctrl-C.');
        const use = { queue: levels, results: stores.levels, reader, model: photoModel(plimsoll) };
        await workOnLevels({ ...use, machine: os.hostname() }, { signal });
        return EXIT.done;
      } finally {
        await levels.close();
      }
    }
    const model = flags.pixelsOnly === true ? null : photoModel(plimsoll);
    const worker = new WorkOnPhotos({ reader, model, results: stores.results, queue });
    output.note('Working on photos. Stop with Ctrl-C.');
    await worker.work({
      signal,
      parallel: flags.parallel,
      onJob: (job, lane, verdict) => output.note(`${lane}: ${path.basename(job.path)}: ${wordsOf(verdict)}`),
    });
    return EXIT.done;
  } finally {
    await Promise.allSettled([reader.close(), plimsoll.close()]);
    await stores.close();
  }
}

function wordsOf(verdict: JobVerdict): string {
  if (verdict.kind === 'dead') return verdict.failure.message;
  if (verdict.kind === 'stop') return verdict.error.message;
  return verdict.kind === 'done' ? 'done' : 'left to other workers: this one has no such model';
}

async function workersDocument(
  queue: JobQueue<PhotoJob>,
  retried: number,
  signal: AbortSignal,
): Promise<PhotosWorkersDocument> {
  const dead = await queue.dead(DEAD_SHOWN, { signal });
  return {
    schema: 'plimsoll.photos-workers/1',
    lanes: await queue.lanes({ signal }),
    dead: dead.map(({ lane, data, failure, attempts }) => ({
      ...{ lane, path: data.path, code: failure.code, message: failure.message, attempts },
    })),
    retried,
  };
}
