import type { ErrorCode } from '@plimsoll/domain';

/** HTTP status by error code. 499 is the customary status of a request that its client abandoned. */
export const HTTP_STATUS: Readonly<Record<ErrorCode, number>> = {
  'invalid-input': 400,
  'invalid-config': 500,
  'invalid-model-file': 422,
  'model-not-found': 404,
  'variant-not-found': 404,
  'unsupported-level': 422,
  'unsupported-model': 422,
  'capability-missing': 501,
  'nothing-fits': 422,
  'out-of-memory': 507,
  'backend-unreachable': 502,
  'backend-failed': 502,
  busy: 503,
  timeout: 504,
  cancelled: 499,
  'storage-failed': 500,
  'engine-mismatch': 500,
};
