import { statSync } from 'node:fs';
import { constants, open, type FileHandle } from 'node:fs/promises';
import { InvalidConfigError } from '@plimsoll/domain';
import { OTHER_FILE, errorCode, storageError } from './storage-error.js';

const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 64;

/**
 * The text of the file, or null when there is none.
 * @throws InvalidConfigError for anything but a regular file of bounded size, StorageFailedError
 */
export async function readConfigText(path: string): Promise<string | null> {
  let file: FileHandle | null = null;
  try {
    // Most users have none: to find that out takes neither a thread nor an error.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return null;
    // Opening a named pipe would wait for somebody who writes to it.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return await readRegularFile(file, path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    if (error instanceof InvalidConfigError) throw error;
    throw storageError('read', path, error);
  } finally {
    await file?.close();
  }
}

async function readRegularFile(file: FileHandle, path: string): Promise<string> {
  const details = { hint: 'Is it the right file?', remedies: [OTHER_FILE] };
  const found = await file.stat();
  if (!found.isFile() && !found.isDirectory()) {
    throw new InvalidConfigError(`${path} is a device or a pipe, not a regular file.`, details);
  }
  if (found.size > MAX_BYTES) {
    throw new InvalidConfigError(`${path} has ${found.size} bytes; allowed: at most ${MAX_BYTES}.`, details);
  }
  return file.readFile('utf8');
}

/** The object that the text of the file holds. An empty file counts as an empty object. */
export function parseConfigText(text: string, path: string): Record<string, unknown> {
  const json = text.replace(/^\uFEFF/u, '');
  if (json.trim() === '') return {};
  const value = parseJson(json, path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidConfigError(`${path} does not hold a JSON object; allowed: {"ai": {…}}.`);
  }
  if (depthOf(value) > MAX_DEPTH) {
    throw new InvalidConfigError(`${path} is nested more than ${MAX_DEPTH} levels deep.`);
  }
  return value as Record<string, unknown>;
}

function parseJson(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidConfigError(`${path} is not valid JSON${placeIn(json, reason)}: ${reason}.`, {
      hint: 'JSON has no comments, no comma after the last entry, and double quotes only.',
      cause,
    });
  }
}

/** Node says "at position N" for most mistakes; people count lines. */
function placeIn(json: string, reason: string): string {
  const position = /position (\d+)/u.exec(reason)?.[1];
  if (position === undefined || reason.includes('line ')) return '';
  const before = json.slice(0, Number(position)).split('\n');
  return ` at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

/** Walks level by level: a hostile file cannot overflow the stack. */
function depthOf(value: unknown): number {
  let level: readonly unknown[] = [value];
  let depth = 0;
  while (level.length > 0 && depth <= MAX_DEPTH) {
    level = level.flatMap((item): readonly unknown[] =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    );
    depth++;
  }
  return depth;
}
