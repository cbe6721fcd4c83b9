import path from 'node:path';
import type { TextCache } from '@plimsoll/application';
import type { HostProbe } from '@plimsoll/domain';
import { fileTextCache } from './file-text-cache.js';

/** Gives the measured bandwidth of RAM in bytes per second; null where it could not be measured. */
export type MemoryBandwidth = () => Promise<number | null>;

/**
 * Measures once per machine and keeps the figure in the cache folder, by what tells machines apart. Delete the
 * folder to have it measured again.
 */
export function keptMemoryBandwidth(
  host: () => Promise<HostProbe>,
  cacheFolder: string | undefined,
  measure: MemoryBandwidth,
): MemoryBandwidth {
  const cache: TextCache | null = cacheFolder === undefined ? null : fileTextCache(path.join(cacheFolder, 'machine'));
  return async () => {
    const { machineId, processorName, processors, totalBytes, platform } = await (await host()).read();
    const key = JSON.stringify(['memory-bandwidth', 1, machineId, processorName, processors, totalBytes, platform]);
    const kept = Number((await cache?.read(key)) ?? '');
    if (Number.isFinite(kept) && kept > 0) return kept;
    const measured = await measure();
    if (measured !== null) await cache?.write(key, String(Math.round(measured)));
    return measured;
  };
}
