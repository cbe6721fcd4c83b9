import { isPlimsollError } from '@plimsoll/domain';
import type { Clock, JobFailure, JobQueue, PhotoReader, ResultStore } from '@plimsoll/domain';
import { askedVariant } from '../asked-variant.js';
import { inOrder } from '../in-order.js';
import { isJudgedLower } from '../is-judged-lower.js';
import type { PhotoEvaluation, PhotoOutcome } from '../photo-evaluation.js';
import type { EvaluateManyOptions } from '../evaluate-photos.js';
import type { PhotoModel } from '../photo-model.js';
import { resultKey } from '../photo-results.js';
import { RATE_PHOTO_V2 } from '../prompts/rate-photo.v2.js';
import { TECHNICAL_LANE, modelLane } from './photo-job.js';
import type { PhotoJob, PhotoJobModel } from './photo-job.js';

/** What queueing photos works with. */
export interface QueuePhotosDependencies {
  readonly reader: Pick<PhotoReader, 'digest'>;
  /** Null when no model is asked. */
  readonly model: Pick<PhotoModel, 'choose'> | null;
  readonly results: ResultStore<PhotoEvaluation>;
  readonly queue: JobQueue<PhotoJob>;
  readonly clock: Clock;
}

/** How photos are evaluated by workers. */
export interface QueuePhotosOptions extends Omit<EvaluateManyOptions, 'results'> {
  /** Judges again what was judged before; no when absent. */
  readonly fresh?: boolean | undefined;
}

/** Photos that are queued and not done, at most: a library of any size takes bounded room in Redis and here. */
const MOST_PENDING = 2000;
/** Photos whose digests are read before they are queued together. */
const AT_ONCE = 50;
const PARALLEL_DIGESTS = 4;
const LOOK_MS = 250;
/** While results come in, jobs that gave none are looked for less often. */
const LOOKS_PER_SEARCH = 8;

interface Pending {
  readonly id: string;
  readonly job: PhotoJob;
  /** More than one when photos are the same to the byte. */
  readonly paths: string[];
  /** Whether the last look found the job nowhere. */
  missing: boolean;
}

/**
 * Has photos evaluated by the workers of a queue and gives outcomes as they come, in any order. What is known already
 * is not queued. Jobs are looked after until there is a result: what the queue lost is queued again.
 */
export class QueuePhotos {
  readonly #use: QueuePhotosDependencies;
  #looks = 0;

  constructor(dependencies: QueuePhotosDependencies) {
    this.#use = dependencies;
  }

  async *evaluateAll(paths: Iterable<string>, options: QueuePhotosOptions = {}): AsyncGenerator<PhotoOutcome> {
    const model = await this.#jobModel(options);
    const pending = new Map<string, Pending>();
    for await (const batch of batches(this.#described(paths, model, options))) {
      const jobs: PhotoJob[] = [];
      for (const one of batch) {
        if (one.error !== null) yield { path: one.path, evaluation: null, error: one.error };
        else jobs.push(one.job);
      }
      yield* this.#enqueue(jobs, pending, options);
      while (pending.size >= MOST_PENDING) yield* this.#look(pending, model, options);
    }
    while (pending.size > 0) yield* this.#look(pending, model, options);
  }

  async #jobModel(options: QueuePhotosOptions): Promise<PhotoJobModel | null> {
    const { model, level, lowerLevels = [], askAboutRejects = false, sendPicture = true, signal } = options;
    if (typeof model !== 'string' || this.#use.model === null) return null;
    const { key: variant } = askedVariant(await this.#use.model.choose(model, level, { signal }));
    return { name: model, variant, level: level ?? null, lowerLevels, askAboutRejects, sendPicture };
  }

  async *#described(
    paths: Iterable<string>,
    model: PhotoJobModel | null,
    options: QueuePhotosOptions,
  ): AsyncGenerator<Described> {
    const { preset = 'general', signal } = options;
    yield* inOrder(paths, PARALLEL_DIGESTS, async (path): Promise<Described> => {
      try {
        const photo = await this.#use.reader.digest(path, { signal });
        const subject = {
          photo,
          preset,
          variant: null,
          promptVersion: null,
          askAboutRejects: false,
          sendPicture: true,
        };
        const technicalKey = resultKey(subject);
        const key =
          model === null
            ? technicalKey
            : resultKey({ ...subject, ...model, variant: model.variant, promptVersion: RATE_PHOTO_V2.version });
        return { path, job: { path, photo, key, technicalKey, preset, model }, error: null };
      } catch (error) {
        if (!isPlimsollError(error) || error.code !== 'invalid-input') throw error;
        return { path, job: null, error: { code: error.code, message: error.message } };
      }
    });
  }

  /** Gives what is known, and queues the rest. */
  async *#enqueue(
    jobs: readonly PhotoJob[],
    pending: Map<string, Pending>,
    { fresh = false, rejudge = false, signal }: QueuePhotosOptions,
  ): AsyncGenerator<PhotoOutcome> {
    const { results, queue } = this.#use;
    const known = await results.getMany([...new Set(jobs.map(({ key }) => key))], { signal });
    const outdated = new Set<string>();
    const added = new Map<string, Pending>();
    for (const job of jobs) {
      const same = pending.get(job.key);
      const evaluation = known.get(job.key);
      if (same !== undefined) same.paths.push(job.path);
      else if (evaluation === undefined || fresh || (rejudge && isJudgedLower(evaluation))) {
        if (evaluation !== undefined) outdated.add(job.key);
        const one = { id: await jobId(job.key), job, paths: [job.path], missing: false };
        pending.set(job.key, one);
        added.set(job.key, one);
      } else yield { path: job.path, evaluation: { ...evaluation, path: job.path }, error: null };
    }
    if (added.size === 0) return;
    if (outdated.size > 0) await results.remove([...outdated], { signal });
    const ids = [...added.values()].map(({ id }) => id);
    for (const lane of lanesOf(jobs[0]?.model ?? null)) await queue.forgetDead(lane, ids, { signal });
    await this.#add([...added.values()], { signal });
  }

  async #add(jobs: readonly Pending[], { signal }: QueuePhotosOptions): Promise<void> {
    await this.#use.queue.add(
      TECHNICAL_LANE,
      jobs.map(({ id, job }) => ({ id, data: job })),
      { signal },
    );
  }

  /** Gives what has come since the last look, and queues what was lost. */
  async *#look(
    pending: Map<string, Pending>,
    model: PhotoJobModel | null,
    options: QueuePhotosOptions,
  ): AsyncGenerator<PhotoOutcome> {
    const { results, queue, clock } = this.#use;
    const { signal } = options;
    await clock.sleep(LOOK_MS, { signal });
    const found = await results.getMany([...pending.keys()], { signal });
    for (const [key, evaluation] of found) {
      for (const path of pending.get(key)?.paths ?? [])
        yield { path, evaluation: { ...evaluation, path }, error: null };
      pending.delete(key);
    }
    this.#looks += 1;
    if (pending.size === 0 || (found.size > 0 && this.#looks % LOOKS_PER_SEARCH !== 0)) return;
    // Each of the others is waiting, at work, given up, just done, or lost.
    const waiting = [...pending.values()];
    const places = await queue.find(
      lanesOf(model),
      waiting.map(({ id }) => id),
      { signal },
    );
    const lost: Pending[] = [];
    for (const one of waiting) {
      const place = places.get(one.id);
      if (place?.kind === 'dead') {
        pending.delete(one.job.key);
        for (const path of one.paths) yield await this.#failed(path, one.job, place.failure, options);
      } else if (place === undefined && one.missing) lost.push(one);
      one.missing = place === undefined && !one.missing;
    }
    if (lost.length > 0) await this.#add(lost, { signal });
  }

  /** A photo that nobody can read is an error; a model that gives no answer leaves what the pixels say. */
  async #failed(
    path: string,
    { model, technicalKey }: PhotoJob,
    failure: JobFailure,
    { signal }: QueuePhotosOptions,
  ): Promise<PhotoOutcome> {
    const technical = model === null ? null : await this.#use.results.get(technicalKey, { signal });
    if (technical === null || failure.code === 'invalid-input') return { path, evaluation: null, error: failure };
    const invalidAnswers = failure.code === 'invalid-answer' ? 2 : 0;
    return { path, evaluation: { ...technical, path, llmFailure: { ...failure, invalidAnswers } }, error: null };
  }
}

type Described =
  | { readonly path: string; readonly job: PhotoJob; readonly error: null }
  | { readonly path: string; readonly job: null; readonly error: JobFailure };

/** In the order in which a photo passes them. */
function lanesOf(model: PhotoJobModel | null): readonly string[] {
  return model === null ? [TECHNICAL_LANE] : [TECHNICAL_LANE, modelLane(model)];
}

/** The key's digest: keys hold file names of models and are long. */
async function jobId(key: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key));
  return Array.from(new Uint8Array(digest).subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function* batches<Item>(items: AsyncIterable<Item>): AsyncGenerator<readonly Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
