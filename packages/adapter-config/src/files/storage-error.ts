import { StorageFailedError } from '@plimsoll/domain';

const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  EACCES: [
    'permission is denied',
    'Allow this user to read and write the file and its folder, or choose another file with --config.',
  ],
  EPERM: [
    'permission is denied',
    'Allow this user to read and write the file and its folder, or choose another file with --config.',
  ],
  EROFS: ['the file system is read-only', 'Choose a file on a writable disk with --config or PLIMSOLL_CONFIG.'],
  // What making a folder on a read-only disk gives.
  ENOENT: [
    'its folder cannot be made, perhaps because the file system is read-only',
    'Choose a file on a writable disk with --config or PLIMSOLL_CONFIG.',
  ],
  ENOSPC: ['the disk is full', 'Free some space and try again; the file is as it was.'],
  EDQUOT: ['the disk quota is used up', 'Free some space and try again; the file is as it was.'],
  EISDIR: ['it is a folder', 'Name the file inside it.'],
  ENOTDIR: ['a part of its path is a file, not a folder', 'Choose another path with --config.'],
};

/** A failed file operation as one of ours. */
export function storageError(action: 'read' | 'written', path: string, cause: unknown): StorageFailedError {
  const code = errorCode(cause);
  const [reason, hint] = REASONS[code ?? ''] ?? [cause instanceof Error ? cause.message : String(cause), undefined];
  return new StorageFailedError(`${path} cannot be ${action}: ${reason}.`, { hint, cause });
}

/** The system's code of a failed file operation, such as `ENOENT`, or null. */
export function errorCode(cause: unknown): string | null {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
}
