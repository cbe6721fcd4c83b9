import path from 'node:path';
import type { JudgedLevel, LevelJob, PhotoEvaluation, PhotoJob, PhotoModel } from '@plimsoll/application';
import type {
  FaceFinder,
  JobQueue,
  MeasurementStore,
  PhotoReader,
  ResultStore,
  SidecarJournal,
  SidecarWriter,
} from '@plimsoll/domain';
import type { Plimsoll } from './open-plimsoll.js';

/** The backend that the settings name at each call, as far as rating photos needs one. */
export function photoModel({ lease }: Pick<Plimsoll, 'lease'>): PhotoModel {
  return {
    async capabilities() {
      const { value, release } = await lease();
      try {
        return (await value.runtime()).capabilities;
      } finally {
        release();
      }
    },
    async choose(model, level, options) {
      const { value, release } = await lease();
      try {
        return await (await value.choose()).choose(model, { ...options, level, make: true });
      } finally {
        release();
      }
    },
    async *generate(request, options) {
      const { value, release } = await lease();
      try {
        yield* (await value.generation()).generate(request, options);
      } finally {
        release();
      }
    },
    async residentBytes(variant, options) {
      const { value, release } = await lease();
      try {
        const resident = await (await value.runtime()).resident(options);
        return resident.find(({ name }) => name === variant)?.sizeBytes ?? null;
      } finally {
        release();
      }
    },
  };
}

/** Opens what reads photos; its native decoder is loaded only now. */
export async function openPhotoReader(): Promise<PhotoReader> {
  const { createPhotoReader } = await import('@plimsoll/adapter-photo');
  return createPhotoReader();
}

/** Opens what finds faces. @throws InvalidInputError when the packages that do so are not installed */
export async function openFaceFinder(): Promise<FaceFinder> {
  const adapter = await import('@plimsoll/adapter-photo');
  return adapter.openFaceFinder();
}

/** Opens what writes sidecars. */
export async function openSidecars(): Promise<SidecarWriter> {
  const { XmpSidecarWriter } = await import('@plimsoll/adapter-photo');
  return new XmpSidecarWriter();
}

/** What was found about photos, and the sidecars that were written. */
export interface PhotoStores {
  readonly results: ResultStore<PhotoEvaluation>;
  readonly journal: SidecarJournal;
  readonly close: () => Promise<void>;
}

/** Opens files that keep results and the record of sidecars, in a folder that is made when it is missing. */
export async function openPhotoStores(folder: string): Promise<PhotoStores> {
  const { FileSidecarJournal, PhotoResultFile } = await import('@plimsoll/adapter-photo');
  const results = await PhotoResultFile.open<PhotoEvaluation>(path.join(folder, 'results.jsonl'));
  const journal = new FileSidecarJournal(path.join(folder, 'undo'));
  return {
    results,
    journal,
    close: async () => {
      await Promise.all([results.close(), journal.close()]);
    },
  };
}

/** What machines share that work on the same photos. */
export interface SharedPhotoStores extends PhotoStores {
  readonly measurements: MeasurementStore;
  /** Of comparisons that are going on. */
  readonly levels: ResultStore<JudgedLevel>;
}

/** Opens the same in a PostgreSQL database. @throws InvalidInputError */
export async function openSharedPhotoStores(url: string): Promise<SharedPhotoStores> {
  const adapter = await import('@plimsoll/adapter-postgres');
  const connection = adapter.openPostgres(url);
  return {
    results: new adapter.PostgresResultStore<PhotoEvaluation>(connection),
    journal: new adapter.PostgresSidecarJournal(connection),
    measurements: new adapter.PostgresMeasurementStore(connection),
    levels: new adapter.PostgresResultStore<JudgedLevel>(connection),
    close: () => connection.close(),
  };
}

/** Opens the queue of photos. @throws InvalidInputError, BackendUnreachableError */
export async function openPhotoQueue(
  url: string,
  options: { readonly lockMs?: number | undefined } = {},
): Promise<JobQueue<PhotoJob>> {
  const { openJobQueue } = await import('@plimsoll/adapter-queue');
  return openJobQueue(url, options);
}

/** Opens the queue of levels to compare, which is apart from that of photos. @throws as `openPhotoQueue` */
export async function openLevelQueue(
  url: string,
  options: { readonly lockMs?: number | undefined } = {},
): Promise<JobQueue<LevelJob>> {
  const { openJobQueue } = await import('@plimsoll/adapter-queue');
  return openJobQueue(url, { ...options, prefix: 'plimsoll-levels' });
}
