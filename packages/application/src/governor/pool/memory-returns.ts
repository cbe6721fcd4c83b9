/** Memory comes back late after an unload: it is waited for so long … */
export const RETURN_MS = 5_000;
/** … and looked at so often. */
export const POLL_MS = 250;
