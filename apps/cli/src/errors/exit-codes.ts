import type { ErrorCode } from '@plimsoll/domain';

/** Exit codes of the program. Scripts rely on them. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  nothingFits: 3,
  unreachable: 4,
  interrupted: 130,
  terminated: 143,
} as const;

/** The exit code of each failure. */
export const EXIT_CODE_OF: Readonly<Record<ErrorCode, number>> = {
  'invalid-input': EXIT.usage,
  'invalid-config': EXIT.usage,
  'invalid-model-file': EXIT.failed,
  'model-not-found': EXIT.failed,
  'variant-not-found': EXIT.failed,
  'unsupported-level': EXIT.failed,
  'unsupported-model': EXIT.failed,
  'capability-missing': EXIT.failed,
  'nothing-fits': EXIT.nothingFits,
  'out-of-memory': EXIT.failed,
  'backend-unreachable': EXIT.unreachable,
  'backend-failed': EXIT.failed,
  busy: EXIT.failed,
  timeout: EXIT.failed,
  cancelled: EXIT.interrupted,
  'storage-failed': EXIT.failed,
  'engine-mismatch': EXIT.failed,
};
