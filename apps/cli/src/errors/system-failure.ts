/** What the system refused, in words, and what to do about it. */
interface SystemFailure {
  readonly message: string;
  readonly hint: string;
}

/** Node says that a module is not there also where it could not be opened. */
const NOT_LOADED: SystemFailure = {
  message: 'A part of the program could not be loaded.',
  hint: 'Where few files may be open at once, raise the limit: ulimit -n 1024\nElse install Plimsoll again.',
};

/** By the system's own code. What reaches this table was met in a place that expects no such thing, such as loading. */
const FAILURES: Readonly<Record<string, SystemFailure>> = {
  EMFILE: { message: 'This process may not open any more files.', hint: 'Raise the limit: ulimit -n 1024' },
  ENFILE: { message: 'This machine has too many files open.', hint: 'Close other programs, or raise the limit.' },
  ENOSPC: { message: 'The disk is full.', hint: 'Make room, also in the folder for temporary files.' },
  EROFS: { message: 'The disk is read-only.', hint: 'Name other folders with --config and in the configuration.' },
  ERR_MODULE_NOT_FOUND: NOT_LOADED,
  MODULE_NOT_FOUND: NOT_LOADED,
  ENOMEM: { message: 'This machine has no memory left.', hint: 'Close other programs, or take a smaller model.' },
};

/** The failure of the system that an error stands for; null for any other. */
export function systemFailure(error: unknown): SystemFailure | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && Object.hasOwn(FAILURES, code) ? (FAILURES[code] ?? null) : null;
}
