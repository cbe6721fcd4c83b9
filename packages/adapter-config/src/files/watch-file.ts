import { watch } from 'node:fs';
import { dirname } from 'node:path';

const MAX_ROUNDS = 5;

/** How a file is watched; every part can be replaced. */
export interface WatchOptions {
  /** Quiet time after a change before it is told: a writer may need several steps. */
  readonly debounceMs?: number;
  /** How often to look in any case: network drives and replaced folders tell nothing. */
  readonly pollMs?: number;
  /** Calls back on every change in a folder and returns the function that ends it. */
  readonly watchFolder?: (folder: string, onChange: () => void) => () => void;
}

/** Yields whenever the file at `path` may have changed, until the signal aborts. */
export async function* watchFile(
  path: string,
  signal: AbortSignal | undefined,
  options: WatchOptions = {},
): AsyncGenerator<void, void> {
  const { debounceMs = 50, pollMs = 2000, watchFolder = watchWithNode } = options;
  const state = { changed: false, wake: (): void => undefined };
  const notice = (): void => {
    state.changed = true;
    state.wake();
  };
  const ended = (): boolean => signal?.aborted ?? false;
  const onAbort = (): void => state.wake();
  const stopWatching = tryWatch(watchFolder, dirname(path), notice);
  // Looking out for changes is no reason for a process to stay.
  const poll = setInterval(notice, pollMs).unref();
  signal?.addEventListener('abort', onAbort);
  try {
    while (!ended()) {
      if (!state.changed) await new Promise<void>((resolve) => (state.wake = resolve));
      // Bounded: a folder in which something changes all the time must not silence the file.
      for (let round = 0; round < MAX_ROUNDS && state.changed && !ended(); round++) {
        state.changed = false;
        await new Promise((resolve) => setTimeout(resolve, debounceMs));
      }
      if (!ended()) yield;
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    clearInterval(poll);
    stopWatching();
  }
}

function tryWatch(
  watchFolder: NonNullable<WatchOptions['watchFolder']>,
  folder: string,
  notice: () => void,
): () => void {
  try {
    return watchFolder(folder, notice);
  } catch {
    // No such folder yet, or too many watchers: polling still finds the change.
    return () => undefined;
  }
}

function watchWithNode(folder: string, onChange: () => void): () => void {
  const watcher = watch(folder, { persistent: false }, onChange);
  watcher.on('error', () => watcher.close());
  return () => watcher.close();
}
