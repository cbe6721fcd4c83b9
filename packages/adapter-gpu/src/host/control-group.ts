import { join } from 'node:path';
import { kernelText } from './kernel-text.js';

/** What a container or service manager allows this process. Null is no limit. */
export interface ControlGroupLimits {
  readonly memoryBytes: number | null;
  /** Bytes taken by the group that cannot be dropped; null without a limit. */
  readonly usedBytes: number | null;
  readonly processors: number | null;
}

/** Above this a version 1 limit means "none"; the kernel writes the largest page-aligned number. */
const NO_LIMIT = 2 ** 60;

/** Limits of the control group of this process, version 2 or 1, its parents counted in. */
export function readControlGroup(root = '/'): ControlGroupLimits {
  const membership = kernelText(join(root, 'proc/self/cgroup'));
  const second = /^0::(\/.*)$/mu.exec(membership)?.[1];
  const mount = join(root, 'sys/fs/cgroup');
  const unified = second === undefined ? [] : upwards(mount, second).map(readVersion2);
  const memory = controllerPath(membership, 'memory');
  const cpu = controllerPath(membership, 'cpu');
  const first = [
    ...upwards(join(mount, 'memory'), memory).map(readMemoryVersion1),
    ...upwards(join(mount, 'cpu'), cpu).map(readCpuVersion1),
  ];
  return [...unified, ...first].reduce(tightest, NOTHING);
}

const NOTHING: ControlGroupLimits = { memoryBytes: null, usedBytes: null, processors: null };

function tightest(a: ControlGroupLimits, b: ControlGroupLimits): ControlGroupLimits {
  const left = (limits: ControlGroupLimits): number =>
    limits.memoryBytes === null ? Infinity : limits.memoryBytes - (limits.usedBytes ?? 0);
  const memory = left(b) < left(a) ? b : a;
  const processors = [a.processors, b.processors].filter((count) => count !== null);
  return {
    memoryBytes: memory.memoryBytes,
    usedBytes: memory.usedBytes,
    processors: processors.length === 0 ? null : Math.min(...processors),
  };
}

function readVersion2(folder: string): ControlGroupLimits {
  const [limit, used, statistics, cpu] = ['memory.max', 'memory.current', 'memory.stat', 'cpu.max'].map((name) =>
    kernelText(join(folder, name)),
  );
  const [quota, period] = (cpu ?? '').trim().split(/\s+/u);
  return { ...memoryLimits(limit, used, statistics, 'inactive_file'), processors: share(quota, period) };
}

function readMemoryVersion1(folder: string): ControlGroupLimits {
  const [limit, used, statistics] = ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'memory.stat'].map((name) =>
    kernelText(join(folder, name)),
  );
  return { ...memoryLimits(limit, used, statistics, 'total_inactive_file'), processors: null };
}

function readCpuVersion1(folder: string): ControlGroupLimits {
  const [quota, period] = ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((name) => kernelText(join(folder, name)));
  return { ...NOTHING, processors: share(quota, period) };
}

/** Pages of files that nobody uses are dropped before memory runs out, so they do not count as used. */
function memoryLimits(
  limit: string | undefined,
  used: string | undefined,
  statistics: string | undefined,
  droppable: string,
): Pick<ControlGroupLimits, 'memoryBytes' | 'usedBytes'> {
  const memoryBytes = count(limit);
  if (memoryBytes === null || memoryBytes >= NO_LIMIT) return NOTHING;
  const inactive = count(new RegExp(`^${droppable} (\\d+)$`, 'mu').exec(statistics ?? '')?.[1]) ?? 0;
  return { memoryBytes, usedBytes: Math.max((count(used) ?? 0) - inactive, 0) };
}

function share(quota: string | undefined, period: string | undefined): number | null {
  const [time, of] = [count(quota), count(period)];
  return time === null || of === null || of === 0 ? null : time / of;
}

function count(value: string | undefined): number | null {
  const trimmed = value?.trim() ?? '';
  return /^\d+$/u.test(trimmed) ? Number(trimmed) : null;
}

function controllerPath(membership: string, controller: string): string {
  const lines = membership.split('\n').map((line) => line.split(':'));
  return lines.find(([, controllers = '']) => controllers.split(',').includes(controller))?.[2] ?? '/';
}

/** The folder of a group and of all its parents; in a container only the mount's own root can be seen. */
function upwards(mount: string, path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.reduceRight<string[]>(
    (folders, _, depth) => [...folders, join(mount, ...parts.slice(0, depth))],
    [join(mount, ...parts)],
  );
}
