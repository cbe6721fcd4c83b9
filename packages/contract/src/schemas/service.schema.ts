import { z } from 'zod';
import type { DocumentOf } from '../document-of.js';

/** Shape of `ServiceDocument`. */
export const serviceSchema = z.strictObject({
  schema: z.literal('plimsoll.service/1'),
  manager: z.enum(['systemd', 'launchd']),
  /** The files that describe the service to its manager. */
  files: z.array(z.string()),
  installed: z.boolean(),
  /** Null when the manager does not say. */
  running: z.boolean().nullable(),
});

/** What `plimsoll service` prints with `--json`. */
export type ServiceDocument = DocumentOf<typeof serviceSchema>;
