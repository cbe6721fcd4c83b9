import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';

const count = z.int().nonnegative();

/** Shape of `SimulationDocument`. */
export const simulationSchema = z.strictObject({
  schema: z.literal('plimsoll.simulation/1'),
  runs: z.array(
    z.strictObject({
      trace: z.string(),
      policy: z.string(),
      ...{ decisions: count, answered: count, late: count, lost: count, switches: count, loads: count },
      overLineSeconds: z.number(),
      slowedSeconds: z.number(),
      hardBandSeconds: z.number(),
      meanLoss: z.number().nullable(),
    }),
  ),
});

/** What `plimsoll governor simulate` prints with `--json`. */
export type SimulationDocument = DocumentOf<typeof simulationSchema>;
