import type { DeviceFamily } from './device-profile.js';
import { deviceFamily } from './device-profile.js';

/** Apple's chips: one memory for processor and GPU. Where a chip has two bandwidths, each is a row. */
export const APPLE: DeviceFamily = deviceFamily(
  'apple',
  'unified',
  'Apple newsroom announcements and technical specifications of the Mac models',
  [
    ['M1', [8, 16], 68, 2.6],
    ['M1 Pro', [16, 32], 200, 5.2],
    ['M1 Max', [32, 64], 400, 10.4],
    ['M1 Ultra', [64, 128], 800, 21],
    ['M2', [8, 16, 24], 100, 3.6],
    ['M2 Pro', [16, 32], 200, null],
    ['M2 Max', [32, 64, 96], 400, null],
    ['M2 Ultra', [64, 128, 192], 800, null],
    ['M3', [8, 16, 24], 100, null],
    ['M3 Pro', [18, 36], 150, null],
    ['M3 Max', [48, 64, 128], 400, null, 'M3 Max 16-core', 'M3 Max 40-core GPU'],
    ['M3 Max 14-core', [36, 96], 300, null, 'M3 Max', 'M3 Max 30-core GPU'],
    ['M3 Ultra', [96, 256, 512], 819, null],
    ['M4', [16, 24, 32], 120, null],
    ['M4 Pro', [24, 48, 64], 273, null],
    ['M4 Max', [48, 64, 128], 546, null, 'M4 Max 16-core', 'M4 Max 40-core GPU'],
    ['M4 Max 14-core', 36, 410, null, 'M4 Max', 'M4 Max 32-core GPU'],
    ['M5', [16, 24, 32], 153, null],
  ],
);
