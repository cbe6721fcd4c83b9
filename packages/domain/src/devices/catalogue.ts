import { AMD } from './amd.js';
import { APPLE } from './apple.js';
import { profilesOf } from './device-profile.js';
import type { DeviceFamily, DeviceProfile } from './device-profile.js';
import { INTEL } from './intel.js';
import { GEFORCE } from './nvidia-geforce.js';
import { NVIDIA_PROFESSIONAL } from './nvidia-professional.js';

/** All families. To add a device, add a row to its vendor's table. */
const FAMILIES: readonly DeviceFamily[] = [...GEFORCE, ...NVIDIA_PROFESSIONAL, ...AMD, APPLE, INTEL];

let catalogue: readonly DeviceProfile[] | null = null;

/** GPUs and chips that can be planned for without having them. Made when it is first asked for. */
export const deviceCatalogue = (): readonly DeviceProfile[] => (catalogue ??= FAMILIES.flatMap(profilesOf));

/** Those of it whose GPU shares its memory with the processor. */
export const unifiedChips = (): readonly DeviceProfile[] =>
  FAMILIES.filter(({ memory }) => memory === 'unified').flatMap(profilesOf);
