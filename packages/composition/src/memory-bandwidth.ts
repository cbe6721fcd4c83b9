import path from 'node:path';
import type { TextCache } from '@plimsoll/application';
import type { HostReading } from '@plimsoll/domain';
import { fileTextCache } from './file-text-cache.js';

/** Gives the measured bandwidth of this host's RAM in bytes per second; null where it could not be measured. */
export type MemoryBandwidth = (host: HostReading) => Promise<number | null>;

/**
 * Measures once per machine and keeps the figure in the cache folder, by its processors and memory. Delete the
 * folder to have it measured again. A machine that is too busy to be measured is tried again when it is next asked for.
 */
export function keptMemoryBandwidth(
  cacheFolder: string | undefined,
  measure: () => Promise<number | null>,
): MemoryBandwidth {
  const cache: TextCache | null = cacheFolder === undefined ? null : fileTextCache(path.join(cacheFolder, 'machine'));
  const keptOrMeasured: MemoryBandwidth = async ({ processorName, processors, totalBytes, platform }) => {
    const facts = ['memory-bandwidth', processorName ?? 'unknown', processors, totalBytes, platform];
    const key = facts.join('-').replaceAll(/[^\w.]+/g, '-');
    const kept = Number((await cache?.read(key)) ?? '');
    if (Number.isFinite(kept) && kept > 0) return kept;
    const measured = await measure();
    if (measured !== null) await cache?.write(key, String(Math.round(measured)));
    return measured;
  };
  let answer: Promise<number | null> | null = null;
  return async (host) => {
    // Measurements at once would measure each other.
    answer ??= keptOrMeasured(host).catch(() => null);
    const bandwidth = await answer;
    if (bandwidth === null) answer = null;
    return bandwidth;
  };
}
