import { BackendUnreachableError } from '@plimsoll/domain';
import type { Clock, JobQueue, JobVerdict, VariantLevel, PhotoReader, ResultStore } from '@plimsoll/domain';
import { ComparePhotoLevels, checkRequest, summarizeLevels } from '../compare-photo-levels.js';
import type {
  ComparePhotosOptions,
  ComparePhotosRequest,
  JudgedLevel,
  PhotoLevelComparison,
} from '../compare-photo-levels.js';
import type { PhotoModel } from '../photo-model.js';

/** One level of a comparison, for one machine. */
export interface LevelJob {
  readonly key: string;
  readonly request: ComparePhotosRequest;
  readonly level: VariantLevel;
}

const LANE = 'levels';
const LOOK_MS = 500;

/** What comparing by a queue works with. */
export interface QueueLevelsDependencies {
  readonly queue: JobQueue<LevelJob>;
  readonly results: ResultStore<JudgedLevel>;
  readonly clock: Clock;
}

/** Has each level judged by some machine, and makes one report. `run` tells comparisons apart. */
export async function compareByQueue(
  { queue, results, clock }: QueueLevelsDependencies,
  run: string,
  request: ComparePhotosRequest,
  { signal, onProgress }: ComparePhotosOptions = {},
): Promise<PhotoLevelComparison> {
  checkRequest(request);
  const jobs = request.levels.map((level) => ({
    id: `${run}-${level}`,
    data: { key: `comparison ${run} ${level}`, request, level },
  }));
  const keys = jobs.map(({ data }) => data.key);
  const judged = new Map<string, JudgedLevel>();
  let missing = new Set<string>();
  await queue.add(LANE, jobs, { signal });
  try {
    while (judged.size < jobs.length) {
      await clock.sleep(LOOK_MS, { signal });
      for (const [key, one] of await results.getMany(keys, { signal })) judged.set(key, one);
      const open = jobs.filter(({ data }) => !judged.has(data.key));
      const ids = open.map(({ id }) => id);
      const places = await queue.find([LANE], ids, { signal });
      for (const { id, data } of open) {
        const place = places.get(id);
        if (place?.kind !== 'dead') continue;
        const nothing = { rounds: [], bytes: null, unreadable: [], machine: null };
        judged.set(data.key, { level: data.level, error: place.failure, ...nothing });
      }
      // Nowhere at two looks and without a result: the queue has lost it.
      const lost = open.filter(({ id }) => !places.has(id) && missing.has(id));
      if (lost.length > 0) await queue.add(LANE, lost, { signal });
      missing = new Set(ids.filter((id) => !places.has(id) && !missing.has(id)));
      for (const { level } of judged.values()) onProgress?.(level, judged.size, jobs.length);
    }
    return summarizeLevels(
      request,
      keys.flatMap((key) => judged.get(key) ?? []),
    );
  } finally {
    await results.remove(keys).catch(() => undefined);
  }
}

/** What a machine needs to judge levels for others. */
export interface WorkOnLevelsDependencies extends Omit<QueueLevelsDependencies, 'clock'> {
  readonly reader: PhotoReader;
  readonly model: PhotoModel;
  /** The machine's name, which stands in the report. */
  readonly machine: string;
}

/** Judges whole levels, one at a time, so that nothing here disturbs what is timed. @throws the backend's errors */
export async function workOnLevels(
  { queue, results, reader, model, machine }: WorkOnLevelsDependencies,
  { signal, onProgress }: ComparePhotosOptions,
): Promise<void> {
  const comparison = new ComparePhotoLevels(reader, model);
  await queue.work({
    signal,
    steady: new Map([[LANE, 1]]),
    roams: () => false,
    handle: async (_, { data: { key, request, level } }): Promise<JobVerdict> => {
      try {
        const judged = await comparison.judgeLevel(request, level, { signal, onProgress });
        if (judged.error?.code === 'backend-unreachable') {
          return { kind: 'stop', error: new BackendUnreachableError(judged.error.message) };
        }
        await results.put(key, { ...judged, machine }, { signal });
        return { kind: 'done' };
      } catch (error) {
        if (signal?.aborted === true) return { kind: 'refused' };
        throw error;
      }
    },
  });
}
