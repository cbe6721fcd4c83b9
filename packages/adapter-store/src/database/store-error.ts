import { BusyError, StorageFailedError, isPlimsollError } from '@plimsoll/domain';

/** A failure of the database as one of ours, with the way out. */
export function storeError(path: string, cause: unknown): Error {
  if (isPlimsollError(cause)) return cause;
  const code = codeOf(cause);
  const [reason, hint] = explain(path, code) ?? [cause instanceof Error ? cause.message : String(cause), undefined];
  if (isBusy(cause)) return new BusyError(`The measurements in ${path} cannot be used: ${reason}.`, { hint, cause });
  return new StorageFailedError(`The measurements in ${path} cannot be used: ${reason}.`, { hint, cause });
}

/** Whether another process holds the database just now. */
export function isBusy(cause: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/u.test(codeOf(cause));
}

function explain(path: string, code: string): readonly [reason: string, hint: string] | null {
  if (/^SQLITE_(NOTADB|CORRUPT)/u.test(code)) {
    return [
      'the file is damaged, or is no database of Plimsoll',
      `Move it out of the way (${path} to ${path}.damaged); a new one is made. Measurements exported before can be imported.`,
    ];
  }
  if (/^SQLITE_FULL/u.test(code) || code === 'ENOSPC') {
    return ['the disk is full', 'Free some space and try again; what was kept before is kept.'];
  }
  if (
    /^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/u.test(code) ||
    ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR'].includes(code)
  ) {
    return [
      'it cannot be opened for writing',
      'Allow this user to write the file and its folder, or set store.file to another place.',
    ];
  }
  if (/^SQLITE_(BUSY|LOCKED)/u.test(code)) {
    return ['another program holds it', 'Try again when the other program is done.'];
  }
  return null;
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}
