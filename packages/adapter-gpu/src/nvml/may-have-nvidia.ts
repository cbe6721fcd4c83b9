import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** NVIDIA's number among makers of PCI devices. Source: pci.ids. */
const VENDOR = '0x10de';

/** Files of NVIDIA's drivers: cards, the integrated chips of Jetson boards, and Windows' devices under WSL. */
const DEVICE_FILE = /^(?:nvidia|nvhost|nvmap|dxg$)/u;

/**
 * Whether Linux may have a device of NVIDIA: by the drivers' files, or by the cards in the machine, whose driver may
 * not be loaded yet. True when it cannot be told.
 */
export function mayHaveNvidia(root = '/'): boolean {
  try {
    if (readdirSync(join(root, 'dev')).some((name) => DEVICE_FILE.test(name))) return true;
    const devices = join(root, 'sys/bus/pci/devices');
    return readdirSync(devices).some((name) => readFileSync(join(devices, name, 'vendor'), 'latin1').trim() === VENDOR);
  } catch {
    return true;
  }
}
