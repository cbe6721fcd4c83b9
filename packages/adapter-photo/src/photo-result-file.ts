import { StorageFailedError, throwIfCancelled } from '@plimsoll/domain';
import type { CallOptions, ResultStore } from '@plimsoll/domain';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { whyNotWritten } from './why-not-written.js';

interface Place {
  readonly start: number;
  readonly length: number;
}

/**
 * Values by key in a file of JSON lines: appended, never rewritten, so that a killed process loses at most the line
 * that it was writing. Only keys and places are in memory. One process writes at a time.
 */
export class PhotoResultFile<Value> implements ResultStore<Value> {
  readonly #file: FileHandle;
  readonly #places: Map<string, Place>;
  #end: number;
  /** Writes go one after the other, so that places are known. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(file: FileHandle, places: Map<string, Place>, end: number) {
    this.#file = file;
    this.#places = places;
    this.#end = end;
  }

  /** Opens or makes the file; a line that was cut off is dropped. @throws StorageFailedError */
  static async open<Value>(name: string): Promise<PhotoResultFile<Value>> {
    try {
      await mkdir(path.dirname(name), { recursive: true });
      const file = await open(name, 'a+');
      const { places, end } = await index(name);
      await file.truncate(end);
      return new PhotoResultFile<Value>(file, places, end);
    } catch (cause) {
      throw new StorageFailedError(`Results cannot be kept in ${name}: ${whyNotWritten(cause)}.`, { cause });
    }
  }

  async get(key: string): Promise<Value | null> {
    const place = this.#places.get(key);
    if (place === undefined) return null;
    const { buffer } = await this.#file.read(Buffer.alloc(place.length), 0, place.length, place.start);
    const line = parseLine(buffer.toString('utf8'));
    return line === null || line.removed ? null : (line.value as Value);
  }

  async getMany(keys: readonly string[]): Promise<ReadonlyMap<string, Value>> {
    const found = new Map<string, Value>();
    for (const key of keys) {
      const value = await this.get(key);
      if (value !== null) found.set(key, value);
    }
    return found;
  }

  async put(key: string, value: Value, { signal }: CallOptions = {}): Promise<void> {
    throwIfCancelled(signal, 'Keeping results was cancelled.');
    await this.#append({ key, value }, (place) => this.#places.set(key, place));
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      if (this.#places.has(key)) await this.#append({ key, removed: true }, () => this.#places.delete(key));
    }
  }

  async #append(entry: object, done: (place: Place) => void): Promise<void> {
    const write = async (): Promise<void> => {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      try {
        await this.#file.appendFile(line);
      } catch (cause) {
        throw new StorageFailedError(`A result cannot be kept: ${whyNotWritten(cause)}.`, {
          hint: 'What was kept before is kept: free some space and run it again.',
          cause,
        });
      }
      done({ start: this.#end, length: line.length });
      this.#end += line.length;
    };
    const written = this.#last.then(write);
    this.#last = written.catch(() => undefined);
    await written;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file.close();
  }
}

async function index(name: string): Promise<{ readonly places: Map<string, Place>; readonly end: number }> {
  const places = new Map<string, Place>();
  let end = 0;
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(name)) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    let start = 0;
    for (let stop = rest.indexOf(10); stop !== -1; stop = rest.indexOf(10, start)) {
      const line = parseLine(rest.toString('utf8', start, stop));
      const length = stop + 1 - start;
      if (line?.removed === true) places.delete(line.key);
      else if (line !== null) places.set(line.key, { start: end, length });
      end += length;
      start = stop + 1;
    }
    rest = rest.subarray(start);
  }
  return { places, end };
}

interface Line {
  readonly key: string;
  readonly value: unknown;
  readonly removed: boolean;
}

function parseLine(text: string): Line | null {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line !== 'object' || line === null || !('key' in line) || typeof line.key !== 'string') return null;
    if ('removed' in line) return { key: line.key, value: null, removed: true };
    return 'value' in line ? { key: line.key, value: line.value, removed: false } : null;
  } catch {
    return null;
  }
}
