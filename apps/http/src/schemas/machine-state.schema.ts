import type { MachineState } from '@plimsoll/application';
import { z } from 'zod';

const known = z.number().nullable();

const deviceSchema = z.object({
  id: z.string(),
  index: z.number(),
  name: z.string(),
  vendor: z.enum(['nvidia', 'amd', 'apple', 'intel', 'other']),
  memory: z.enum(['dedicated', 'unified']),
  totalBytes: known,
  driver: z.string().nullable(),
});

const readingSchema = z.object({
  deviceId: z.string(),
  atMs: z.number(),
  totalBytes: known,
  usedBytes: known,
  freeBytes: known,
  utilization: known,
  temperatureC: known,
  thermalMarginC: known,
  thermalThrottling: z.boolean().nullable(),
  powerCapped: z.boolean().nullable(),
  powerW: known,
  powerLimitW: known,
  processes: z.array(z.object({ pid: z.number(), name: z.string().nullable(), usedBytes: known })).nullable(),
});

/** The machine and its devices, now. */
export const machineStateSchema: z.ZodType<MachineState> = z.object({
  host: z.object({
    totalBytes: z.number(),
    availableBytes: z.number(),
    processorName: z.string().nullable(),
    processors: z.number(),
    platform: z.string(),
    memoryBandwidth: known,
  }),
  devices: z.array(z.object({ device: deviceSchema, reading: readingSchema.nullable() })),
});
