import { StorageFailedError } from '@plimsoll/domain';
import type { Remedy } from '@plimsoll/domain';

/** Another file may do. */
export const OTHER_FILE: Remedy = { kind: 'use-options', options: { config: 'PATH' } };

interface Reason {
  readonly reason: string;
  readonly hint?: string;
  /** Whether the way out is another file. */
  readonly otherFile?: boolean;
}

const DENIED: Reason = {
  reason: 'permission is denied',
  hint: 'Allow this user to read and write the file and its folder.',
  otherFile: true,
};
const FULL = 'Free some space and try again; the file is as it was.';
const WRITABLE = 'Choose a file on a writable disk, here or with PLIMSOLL_CONFIG.';

const REASONS: Readonly<Record<string, Reason>> = {
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: { reason: 'the file system is read-only', hint: WRITABLE, otherFile: true },
  // What making a folder on a read-only disk gives.
  ENOENT: {
    reason: 'its folder cannot be made, perhaps because the file system is read-only',
    hint: WRITABLE,
    otherFile: true,
  },
  ENOSPC: { reason: 'the disk is full', hint: FULL },
  EDQUOT: { reason: 'the disk quota is used up', hint: FULL },
  EISDIR: { reason: 'it is a folder', hint: 'Name the file inside it.' },
  ENOTDIR: { reason: 'a part of its path is a file, not a folder', otherFile: true },
};

/** A failed file operation as one of ours. */
export function storageError(action: 'read' | 'written', path: string, cause: unknown): StorageFailedError {
  const unknown: Reason = { reason: cause instanceof Error ? cause.message : String(cause) };
  const { reason, hint, otherFile = false } = REASONS[errorCode(cause) ?? ''] ?? unknown;
  const remedies = otherFile ? [OTHER_FILE] : [];
  return new StorageFailedError(`${path} cannot be ${action}: ${reason}.`, { hint, remedies, cause });
}

/** The system's code of a failed file operation, such as `ENOENT`, or null. */
export function errorCode(cause: unknown): string | null {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
}
