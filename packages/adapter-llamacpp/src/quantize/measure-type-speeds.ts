import { mkdir } from 'node:fs/promises';
import { totalmem } from 'node:os';
import type { CallOptions, TensorType, TypeSpeeds } from '@plimsoll/domain';
import { withScratchFolder } from '@plimsoll/local-models';
import type { EngineOptions } from '../engine/engine-options.js';
import { EngineProcess } from '../engine/engine-process.js';
import { defaultThreads } from '../runtime/threads.js';

/** What is to be timed. */
export interface TypeSpeedRequest {
  readonly types: readonly TensorType[];
  /** Weights of the models that are timed: as many as the model in question has, for caches of processors count. */
  readonly weights: number;
  /** Folder for those models while they are timed. */
  readonly folder: string;
  readonly engine?: EngineOptions | undefined;
}

/** Weights of a timed model at most: larger than the caches of processors, small enough to be written in a moment. */
const MOST_WEIGHTS = 1 << 26;

/**
 * Times the engine with matrices of each type: models of one layer, one token at a time, on the device that the engine
 * would take. Seconds in all, hundreds of megabytes on disk for a moment.
 * @throws StorageFailedError, BackendFailedError, CancelledError
 */
export async function measureTypeSpeeds(
  { types, weights, folder, engine: options }: TypeSpeedRequest,
  { signal }: CallOptions = {},
): Promise<Omit<TypeSpeeds, 'basis' | 'processor'> & { readonly device: string | null }> {
  await mkdir(folder, { recursive: true });
  const engine = new EngineProcess(options ?? {});
  try {
    return await withScratchFolder(
      'speeds',
      (scratch) => {
        const most = Math.min(MOST_WEIGHTS, totalmem() / 32);
        const job = { types, weights: Math.min(weights, most), folder: scratch, threads: defaultThreads().decode };
        return engine.call('typeSpeeds', job, signal);
      },
      folder,
    );
  } finally {
    await engine.close();
  }
}
