import { StorageFailedError } from '@plimsoll/domain';
import type { RecordedRun, SidecarChange, SidecarJournal } from '@plimsoll/domain';
import { mkdir, open, readFile, readdir, rename } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';

const ENDING = '.jsonl';

/** The record of sidecars in a folder, one file of JSON lines for each run. */
export class FileSidecarJournal implements SidecarJournal {
  readonly #folder: string;
  #open: { readonly run: string; readonly file: FileHandle } | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async add(run: string, change: SidecarChange): Promise<void> {
    try {
      const file = await this.#fileOf(run);
      await file.appendFile(`${JSON.stringify(change)}\n`);
      await file.sync();
    } catch (cause) {
      throw new StorageFailedError('The change cannot be put on record, so the sidecar is not written.', { cause });
    }
  }

  async last(): Promise<RecordedRun | null> {
    const names = await readdir(this.#folder).catch(() => []);
    const last = names
      .filter((name) => name.endsWith(ENDING))
      .sort()
      .at(-1);
    if (last === undefined) return null;
    const lines = (await readFile(path.join(this.#folder, last), 'utf8')).split('\n');
    return { run: last.slice(0, -ENDING.length), changes: lines.flatMap((line) => parseChange(line) ?? []).reverse() };
  }

  async markUndone(run: string): Promise<void> {
    const file = this.#path(run);
    await rename(file, `${file}.undone`);
  }

  async close(): Promise<void> {
    await this.#open?.file.close();
    this.#open = null;
  }

  async #fileOf(run: string): Promise<FileHandle> {
    if (this.#open?.run === run) return this.#open.file;
    await this.close();
    await mkdir(this.#folder, { recursive: true });
    this.#open = { run, file: await open(this.#path(run), 'a') };
    return this.#open.file;
  }

  #path(run: string): string {
    return path.join(this.#folder, `${run}${ENDING}`);
  }
}

/** Null for the line that was being written when the process was killed: its change was not made. */
function parseChange(line: string): SidecarChange | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('path' in value && 'before' in value && 'after' in value)) {
      return null;
    }
    const { path: file, before, after } = value;
    if (typeof file !== 'string' || typeof after !== 'string') return null;
    if (before !== null && typeof before !== 'string') return null;
    return { path: file, before, after };
  } catch {
    return null;
  }
}
