import { deviceCatalogue, formatBytes } from '@plimsoll/domain';
import type { DeviceProfile } from '@plimsoll/domain';

/** A device of the catalogue with one of its memory sizes. */
export interface DeviceChoice {
  /** Name that a link carries. */
  readonly id: string;
  readonly label: string;
  readonly profile: DeviceProfile;
  readonly memoryBytes: number;
}

/** All devices that can be planned for, one entry per memory size, in the catalogue's order. */
export const DEVICE_CHOICES: readonly DeviceChoice[] = deviceCatalogue().flatMap((profile) =>
  profile.memoryOptionsBytes.map((memoryBytes) => ({
    id: `${profile.name}/${memoryBytes / 1024 ** 3}`,
    label: /\d ?GB/.test(profile.name) ? profile.name : `${profile.name}, ${formatBytes(memoryBytes)}`,
    profile,
    memoryBytes,
  })),
);
