import path from 'node:path';
import type { PhotoEvaluation, PhotoModel, PhotoResults } from '@plimsoll/application';
import type { PhotoReader, SidecarWriter } from '@plimsoll/domain';
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
    async identify(model, level, options) {
      const { value, release } = await lease();
      try {
        const chosen = await (await value.choose()).choose(model, { ...options, level, make: true });
        return `${chosen.variant} ${chosen.digest ?? ''}`;
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

/** Opens what writes sidecars. */
export async function openSidecars(): Promise<SidecarWriter> {
  const { XmpSidecarWriter } = await import('@plimsoll/adapter-photo');
  return new XmpSidecarWriter();
}

/** Opens the file that keeps results, in a folder that is made when it is missing. */
export async function openPhotoResults(
  folder: string,
): Promise<PhotoResults & { readonly close: () => Promise<void> }> {
  const { PhotoResultFile } = await import('@plimsoll/adapter-photo');
  const file = await PhotoResultFile.open<PhotoEvaluation>(path.join(folder, 'results.jsonl'));
  return {
    get: (key) => file.get(key),
    put: (key, evaluation) => file.put(key, evaluation),
    close: () => file.close(),
  };
}
