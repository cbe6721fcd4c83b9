import { AMD } from './amd.js';
import { APPLE } from './apple.js';
import type { DeviceProfile } from './device-profile.js';
import { INTEL } from './intel.js';
import { GEFORCE } from './nvidia-geforce.js';
import { NVIDIA_PROFESSIONAL } from './nvidia-professional.js';

/** GPUs and chips that can be planned for without having them. To add one, add a row to its vendor's table. */
export const DEVICE_CATALOGUE: readonly DeviceProfile[] = [
  ...GEFORCE,
  ...NVIDIA_PROFESSIONAL,
  ...AMD,
  ...APPLE,
  ...INTEL,
];
