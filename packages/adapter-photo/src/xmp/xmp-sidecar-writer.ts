import { InvalidInputError, StorageFailedError, throwIfCancelled } from '@plimsoll/domain';
import type {
  CallOptions,
  SidecarChange,
  SidecarPatch,
  SidecarStyle,
  SidecarUndo,
  SidecarWriter,
} from '@plimsoll/domain';
import { randomUUID } from 'node:crypto';
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { whyNotWritten } from '../why-not-written.js';
import { newXmp, patchXmp } from './patch-xmp.js';

/** A sidecar is a few kilobytes; what is larger than this is something else. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Patches sidecars on this machine: written beside and renamed, the rest kept to the letter. */
export class XmpSidecarWriter implements SidecarWriter {
  pathOf(photoPath: string, style: SidecarStyle): string {
    if (style === 'darktable') return `${photoPath}.xmp`;
    const { dir, name } = path.parse(photoPath);
    return path.join(dir, `${name}.xmp`);
  }

  async prepare(
    photoPath: string,
    style: SidecarStyle,
    patch: SidecarPatch,
    options: CallOptions = {},
  ): Promise<SidecarChange | null> {
    throwIfCancelled(options.signal, 'Writing sidecars was cancelled.');
    const target = await realPathOf(this.pathOf(photoPath, style));
    const before = await readSidecar(target);
    const after = before === null ? newXmp(patch) : patched(target, before, patch);
    return after === before ? null : { path: target, before, after };
  }

  async apply({ path: target, before, after }: SidecarChange, options: CallOptions = {}): Promise<void> {
    throwIfCancelled(options.signal, 'Writing sidecars was cancelled.');
    if ((await readSidecar(target)) !== before) {
      throw new InvalidInputError(`${target}: The sidecar was changed by somebody else just now.`, {
        hint: 'Run it again.',
      });
    }
    await writeBeside(target, after);
  }

  async undo({ path: target, before, after }: SidecarChange): Promise<SidecarUndo> {
    const now = await readSidecar(target);
    if (now === before) return 'never-made';
    if (now === null) return 'gone';
    if (now !== after) return 'edited-since';
    if (before === null) await rm(target);
    else await writeBeside(target, before);
    return 'undone';
  }
}

function patched(target: string, before: string, patch: SidecarPatch): string {
  try {
    return patchXmp(before, patch);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(`${target}: ${error.message}`, {
      hint: error.hint ?? undefined,
      remedies: error.remedies,
      cause: error,
    });
  }
}

/** A link stays a link: what it points to is patched. */
async function realPathOf(target: string): Promise<string> {
  return realpath(target).catch(() => target);
}

async function readSidecar(target: string): Promise<string | null> {
  try {
    const { size } = await stat(target);
    if (size > MOST_BYTES) throw new InvalidInputError(`${target}: The sidecar is too large to be one.`);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(target));
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    if (isCode(error, 'ENOENT')) return null;
    if (error instanceof TypeError)
      throw new InvalidInputError(`${target}: The sidecar is not UTF-8.`, { cause: error });
    throw storageFailed(target, error);
  }
}

async function writeBeside(target: string, text: string): Promise<void> {
  const beside = path.join(path.dirname(target), `.${randomUUID()}.xmp.tmp`);
  try {
    const mode = await stat(target).then(
      (found) => found.mode & 0o777,
      () => 0o666,
    );
    const file = await open(beside, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    if (isCode(error, 'ENOENT')) {
      throw new InvalidInputError(`${target}: The folder is gone, so no sidecar was written.`, { cause: error });
    }
    throw storageFailed(target, error);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function storageFailed(target: string, error: unknown): StorageFailedError {
  return new StorageFailedError(`The sidecar ${target} cannot be written: ${whyNotWritten(error)}.`, {
    hint: 'Check free space and permissions of the folder. The photo itself was not touched.',
    cause: error,
  });
}
