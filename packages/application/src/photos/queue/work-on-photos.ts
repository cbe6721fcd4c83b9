import { isPlimsollError } from '@plimsoll/domain';
import type { CallOptions, Job, JobQueue, JobVerdict, PhotoReader, ResultStore } from '@plimsoll/domain';
import { askedVariant } from '../asked-variant.js';
import type { AskedVariant } from '../asked-variant.js';
import { EvaluatePhotos } from '../evaluate-photos.js';
import type { PhotoEvaluation } from '../photo-evaluation.js';
import type { PhotoModel } from '../photo-model.js';
import { TECHNICAL_LANE, isModelLane, modelLane } from './photo-job.js';
import type { PhotoJob, PhotoJobModel } from './photo-job.js';

/** What a worker works with. */
export interface WorkOnPhotosDependencies {
  readonly reader: PhotoReader;
  /** Null: the worker only judges by pixels. */
  readonly model: PhotoModel | null;
  readonly results: ResultStore<PhotoEvaluation>;
  readonly queue: JobQueue<PhotoJob>;
}

/** How a worker works. */
export interface WorkOnPhotosOptions extends CallOptions {
  /** Photos that are judged by their pixels at the same time; 2 when absent. */
  readonly parallel?: number | undefined;
  /** Called for each job that ended here. */
  readonly onJob?: ((job: PhotoJob, lane: string, verdict: JobVerdict) => void) | undefined;
}

const PARALLEL = 2;

/** Errors that say that this machine has no such model: others may. */
const NOT_HERE = ['model-not-found', 'variant-not-found', 'unsupported-level', 'unsupported-model', 'out-of-memory'];
/** Errors that the next photo would meet as well. */
const NOT_NOW = ['backend-unreachable', 'invalid-config', 'storage-failed', 'cancelled'];

/** A model as this worker asks it, as long as it works on the model's lane. */
interface LaneModel {
  readonly lane: string;
  readonly evaluate: EvaluatePhotos;
  /** What is asked for here. */
  readonly asked: AskedVariant;
}

/**
 * Judges photos of a queue: by their pixels first, by the model those that are left. A model that another machine
 * knows under the same name, but with other content, judges nothing here. Bears to be given a job twice.
 */
export class WorkOnPhotos {
  readonly #use: WorkOnPhotosDependencies;
  readonly #technical: EvaluatePhotos;
  #laneModel: LaneModel | null = null;

  constructor(dependencies: WorkOnPhotosDependencies) {
    this.#use = dependencies;
    this.#technical = new EvaluatePhotos(dependencies.reader, null);
  }

  /** Works until the signal aborts. @throws what the next photo would meet as well, such as a backend that is gone */
  async work({ signal, parallel = PARALLEL, onJob }: WorkOnPhotosOptions): Promise<void> {
    await this.#use.queue.work({
      signal,
      steady: new Map([[TECHNICAL_LANE, parallel]]),
      roams: (lane) => this.#use.model !== null && isModelLane(lane),
      handle: async (lane, job) => {
        const verdict = await this.#verdict(lane, job, { signal });
        onJob?.(job.data, lane, verdict);
        return verdict;
      },
    });
  }

  async #verdict(lane: string, job: Job<PhotoJob>, options: CallOptions): Promise<JobVerdict> {
    try {
      if (lane === TECHNICAL_LANE) return await this.#byPixels(job, options);
      const { model } = job.data;
      return model === null ? { kind: 'refused' } : await this.#byModel(job.data, model, options);
    } catch (error) {
      // Stopped in the middle of a photo: others judge it.
      if (options.signal?.aborted === true) return { kind: 'refused' };
      if (!isPlimsollError(error)) throw error;
      const { code, message } = error;
      if (code === 'invalid-input') return { kind: 'dead', failure: { code, message } };
      if (NOT_HERE.includes(code) && lane !== TECHNICAL_LANE) return { kind: 'refused' };
      if (NOT_NOW.includes(code)) return { kind: 'stop', error };
      throw error;
    }
  }

  async #byPixels({ id, data }: Job<PhotoJob>, options: CallOptions): Promise<JobVerdict> {
    const { results, queue } = this.#use;
    const { path, photo, key, technicalKey, preset, model } = data;
    let evaluation = await results.get(technicalKey, options);
    if (evaluation === null) {
      evaluation = await this.#technical.evaluate(path, { ...options, preset });
      if (evaluation.digest !== photo) return changed(path);
      await results.put(technicalKey, evaluation, options);
    }
    if (model === null) return { kind: 'done' };
    if (evaluation.recommendation === 'reject' && !model.askAboutRejects) await results.put(key, evaluation, options);
    else await queue.add(modelLane(model), [{ id, data }], options);
    return { kind: 'done' };
  }

  async #byModel(job: PhotoJob, asked: PhotoJobModel, options: CallOptions): Promise<JobVerdict> {
    const { results } = this.#use;
    const { path, photo, key, preset } = job;
    // Delivered twice: the first worker was done, and died before it could say so.
    if ((await results.getMany([key], options)).size > 0) return { kind: 'done' };
    const laneModel = await this.#modelOf(asked, options);
    if (laneModel === null || laneModel.asked.key !== asked.variant) return { kind: 'refused' };
    const { name: model, level, lowerLevels, sendPicture } = asked;
    const evaluation = await laneModel.evaluate.evaluate(path, {
      ...options,
      askedLevel: level ?? laneModel.asked.level,
      ...{ preset, model, level: level ?? undefined, lowerLevels, sendPicture, askAboutRejects: true },
    });
    if (evaluation.digest !== photo) return changed(path);
    const { llmFailure } = evaluation;
    if (llmFailure === null) {
      await results.put(key, evaluation, options);
      return { kind: 'done' };
    }
    const { code, message } = llmFailure;
    if (code === 'invalid-answer') return { kind: 'dead', failure: { code, message } };
    throw new Error(message);
  }

  /** Asked once for each stay on a lane, and so is the level that memory allowed there. */
  async #modelOf(asked: PhotoJobModel, options: CallOptions): Promise<LaneModel | null> {
    const { model, reader } = this.#use;
    if (model === null) return null;
    const lane = modelLane(asked);
    if (this.#laneModel?.lane !== lane) {
      const chosen = await model.choose(asked.name, asked.level ?? undefined, options);
      this.#laneModel = { lane, asked: askedVariant(chosen), evaluate: new EvaluatePhotos(reader, model) };
    }
    return this.#laneModel;
  }
}

function changed(path: string): JobVerdict {
  return {
    kind: 'dead',
    failure: { code: 'invalid-input', message: `${path}: The photo changed since it was queued.` },
  };
}
