import { WorkOnPhotos, workOnLevels, type LevelJob, type PhotoJob } from '@plimsoll/application';
import {
  openLevelQueue,
  openPhotoQueue,
  openPhotoReader,
  openPlimsoll,
  openSharedPhotoStores,
  photoModel,
  type Plimsoll,
  type SharedPhotoStores,
} from '@plimsoll/composition';
import type { PhotosWorkersDocument } from '@plimsoll/contract';
import { MEASUREMENT_STORE } from '@plimsoll/di';
import { InvalidInputError, type JobQueue, type JobVerdict, type PhotoReader } from '@plimsoll/domain';
import os from 'node:os';
import { EXIT } from '../../errors/exit-codes.js';
import { printableSentence } from '../../output/printable.js';
import type { CommandContext } from '../command-context.js';
import { plimsollOptions } from '../with-plimsoll.js';
import { governed, type WorkersAction, type WorkersFlags } from './photos.flags.js';
import { aboutPhoto, renderWorkers } from './photos.render.js';
import { bothPlaces, sharedPlaces } from './shared-places.js';

const DEAD_SHOWN = 100;

/** `plimsoll photos workers`: on the queue of photos, or with `--compare` on that of levels. */
export async function photoWorkers(
  context: CommandContext,
  action: WorkersAction,
  flags: WorkersFlags,
): Promise<number> {
  checkFlags(flags);
  const places = sharedPlaces(context, flags);
  // What looks at the queue needs no place for results.
  const { queue: url, store } = bothPlaces(action === 'run' ? places : { ...places, store: '' });
  const options = { lockMs: flags.lostAfter === undefined ? undefined : flags.lostAfter * 1000 };
  if (flags.compare === true) {
    const queue = await openLevelQueue(url, options);
    const nameOf = ({ request, level }: LevelJob): string => `${request.model} at ${level}`;
    return attend({ context, action, queue, nameOf, run: () => runOnLevels({ context, flags, store, queue }) });
  }
  const queue = await openPhotoQueue(url, options);
  const nameOf = (job: PhotoJob): string => job.path;
  return attend({ context, action, queue, nameOf, run: () => runOnPhotos({ context, flags, store, queue }) });
}

/** @throws InvalidInputError for flags that the comparison of levels has no use for */
function checkFlags({ compare, parallel, pixelsOnly }: WorkersFlags): void {
  if (compare !== true || (parallel === undefined && pixelsOnly !== true)) return;
  const flag = pixelsOnly === true ? '--pixels-only' : '--parallel';
  throw new InvalidInputError(`${flag} is about photos; with --compare a worker judges one level at a time.`);
}

interface Attendance<Data> {
  readonly context: CommandContext;
  readonly action: WorkersAction;
  readonly queue: JobQueue<Data>;
  readonly nameOf: (data: Data) => string;
  readonly run: () => Promise<void>;
}

/** Does what is asked with a queue, and closes it. */
async function attend<Data>({ context, action, queue, nameOf, run }: Attendance<Data>): Promise<number> {
  const { output, signal } = context;
  try {
    if (action === 'run') {
      await run();
      return EXIT.done;
    }
    if (action === 'pause') await queue.pause({ signal });
    if (action === 'resume') await queue.resume({ signal });
    const retried = action === 'retry' ? await queue.retryDead({ signal }) : 0;
    const dead = await queue.dead(DEAD_SHOWN, { signal });
    const document: PhotosWorkersDocument = {
      schema: 'plimsoll.photos-workers/1',
      lanes: await queue.lanes({ signal }),
      dead: dead.map(({ lane, data, failure: { code, message }, attempts }) => ({
        ...{ lane, path: nameOf(data), code, message, attempts },
      })),
      retried,
    };
    output.result(document, (shown) => renderWorkers(shown, output.style, output.width));
    return EXIT.done;
  } finally {
    await queue.close();
  }
}

interface Running<Data> {
  readonly context: CommandContext;
  readonly flags: WorkersFlags;
  readonly store: string;
  readonly queue: JobQueue<Data>;
}

function runOnPhotos({ context, flags, store, queue }: Running<PhotoJob>): Promise<void> {
  const { output, signal } = context;
  return withWorker(context, flags, store, async ({ plimsoll, reader, stores: { results } }) => {
    const model = flags.pixelsOnly === true ? null : photoModel(plimsoll);
    output.note('Working on photos. Stop with Ctrl-C.');
    await new WorkOnPhotos({ reader, model, results, queue }).work({
      signal,
      parallel: flags.parallel,
      onJob: (job, lane, verdict) =>
        output.note(printableSentence(`${lane}: ${aboutPhoto(job.path, wordsOf(verdict))}`)),
    });
  });
}

function runOnLevels({ context, flags, store, queue }: Running<LevelJob>): Promise<void> {
  const { output, signal } = context;
  return withWorker(context, flags, store, async ({ plimsoll, reader, stores: { levels: results } }) => {
    output.note('Judging levels for comparisons. Stop with Ctrl-C.');
    await workOnLevels({ queue, results, reader, model: photoModel(plimsoll), machine: os.hostname() }, { signal });
  });
}

interface Worker {
  readonly plimsoll: Plimsoll;
  readonly reader: PhotoReader;
  readonly stores: SharedPhotoStores;
}

/** Opens what a worker works with until it is stopped. Measurements of the model go where the results go. */
async function withWorker(
  context: CommandContext,
  flags: WorkersFlags,
  store: string,
  work: (worker: Worker) => Promise<void>,
): Promise<void> {
  const stores = await openSharedPhotoStores(store);
  const replace = new Map([[MEASUREMENT_STORE, stores.measurements]]);
  const plimsoll = await openPlimsoll({
    ...plimsollOptions(context, flags.compare === true ? flags : governed(flags)),
    replace,
  });
  const reader = await openPhotoReader();
  try {
    await work({ plimsoll, reader, stores });
  } finally {
    await Promise.allSettled([reader.close(), plimsoll.close()]);
    await stores.close();
  }
}

function wordsOf(verdict: JobVerdict): string {
  if (verdict.kind === 'dead') return verdict.failure.message;
  if (verdict.kind === 'stop') return verdict.error.message;
  return verdict.kind === 'done' ? 'done' : 'left to other workers';
}
