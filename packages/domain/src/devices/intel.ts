import type { DeviceFamily } from './device-profile.js';
import { deviceFamily } from './device-profile.js';

/** Intel's discrete GPUs. Their pages state matrix throughput for 8-bit integers only. */
export const INTEL: DeviceFamily = deviceFamily('intel', 'dedicated', 'Intel ARK product specifications', [
  ['Arc B580', 12, 456, null],
  ['Arc B570', 10, 380, null],
  ['Arc Pro B60', 24, 456, null],
  ['Arc Pro B50', 16, 224, null],
  ['Arc A770', 16, 560, null],
  ['Arc A770 8GB', 8, 512, null],
  ['Arc A750', 8, 512, null],
  ['Arc A580', 8, 512, null],
  ['Arc A380', 6, 186, null],
  ['Data Center GPU Max 1550', 128, 3277, null, 'Max 1550'],
]);
