import { stat } from 'node:fs/promises';
import { findPhotos } from './find-photos.js';

/** Photos that are new or changed and have been at rest between two looks: no half-copied file is read. */
export class Arrivals {
  #seen = new Map<string, string>();
  readonly #done = new Map<string, string>();

  async look(folder: string): Promise<readonly string[]> {
    const now = new Map<string, string>();
    const ready: string[] = [];
    const photos = await findPhotos([folder]).catch(() => null);
    // An empty folder, or one that is away for a while: what was judged there is not new when it is back.
    if (photos === null) return [];
    for (const file of photos) {
      const found = await stat(file).catch(() => null);
      if (found === null) continue;
      const state = `${found.size} ${found.mtimeMs}`;
      now.set(file, state);
      if (this.#seen.get(file) !== state || this.#done.get(file) === state) continue;
      this.#done.set(file, state);
      ready.push(file);
    }
    for (const file of this.#done.keys()) if (!now.has(file)) this.#done.delete(file);
    this.#seen = now;
    return ready;
  }
}
