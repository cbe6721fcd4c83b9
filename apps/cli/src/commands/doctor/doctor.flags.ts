import type { BackendFlags } from '../define-command.js';

/** Flags of `plimsoll doctor`. */
export type DoctorFlags = BackendFlags;
