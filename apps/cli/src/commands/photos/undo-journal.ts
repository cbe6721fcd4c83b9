import type { SidecarChange } from '@plimsoll/domain';
import { StorageFailedError } from '@plimsoll/domain';
import { mkdir, open, readFile, readdir, rename } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const changeSchema = z.object({ path: z.string(), before: z.string().nullable(), after: z.string() });

/** The record of one run's sidecars: each change is on the disk before it is made. */
export class UndoJournal {
  readonly #folder: string;
  readonly #name: string;
  #file: FileHandle | null = null;

  /** `name` sorts by time. */
  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  /** @throws StorageFailedError */
  async add(change: SidecarChange): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
      this.#file ??= await open(path.join(this.#folder, `${this.#name}.jsonl`), 'a');
      await this.#file.appendFile(`${JSON.stringify(change)}\n`);
      await this.#file.sync();
    } catch (cause) {
      throw new StorageFailedError('The change cannot be put on record, so the sidecar is not written.', { cause });
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

/** A record that can be undone. */
export interface RecordedRun {
  readonly file: string;
  /** Last first. */
  readonly changes: readonly SidecarChange[];
}

/** The last record that was not undone; null when there is none. */
export async function lastRun(folder: string): Promise<RecordedRun | null> {
  const names = await readdir(folder).catch(() => []);
  const last = names
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .at(-1);
  if (last === undefined) return null;
  const file = path.join(folder, last);
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  const changes = lines.flatMap((line) => {
    try {
      return [changeSchema.parse(JSON.parse(line))];
    } catch {
      // The line that was being written when the process was killed: its change was not made.
      return [];
    }
  });
  return { file, changes: changes.reverse() };
}

/** Marks a record as undone. */
export async function markUndone({ file }: RecordedRun): Promise<void> {
  await rename(file, `${file}.undone`);
}
