import { z } from 'zod';
import type { DocumentOf } from '../document-of.js';

/** Shape of `EngineDocument`. */
export const engineSchema = z.strictObject({
  schema: z.literal('plimsoll.engine/1'),
  /** The release that all builds are of. */
  release: z.string(),
  /** Where builds are kept that were added. */
  folder: z.string(),
  builds: z.array(
    z.strictObject({
      name: z.string(),
      flavor: z.enum(['cpu', 'vulkan', 'cuda', 'metal']),
      /** Null when it is not here, and can be added. */
      origin: z.enum(['package', 'added']).nullable(),
      /** Bytes on the disk; of one that is not here, what fetching it takes. */
      sizeBytes: z.int(),
      /** Libraries of the system that it needs and that are not found. */
      missing: z.array(z.string()),
      inUse: z.boolean(),
    }),
  ),
  /** What was added just now, with the devices that it sees; null otherwise. */
  added: z.strictObject({ name: z.string(), devices: z.array(z.string()) }).nullable(),
  /** Names of what was removed just now. */
  removed: z.array(z.string()),
});

/** What `plimsoll engine` prints with `--json`. */
export type EngineDocument = DocumentOf<typeof engineSchema>;
