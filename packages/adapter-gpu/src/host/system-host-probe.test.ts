import { describe, expect, it } from 'vitest';
import { fileTree } from '../../test/file-tree.js';
import { availableFromVmStat } from './memory-info.js';
import { SystemHostProbe } from './system-host-probe.js';
import type { SystemFacts } from './system-host-probe.js';

const GIB = 1024 ** 3;
const MEMINFO = 'MemTotal:       16777216 kB\nMemFree:          100000 kB\nMemAvailable:    8388608 kB';

function probeOf(files: Readonly<Record<string, string | number>>, facts: Partial<SystemFacts> = {}) {
  const all = {
    totalBytes: 16 * GIB,
    freeBytes: GIB,
    processors: 8,
    processorName: 'Some CPU',
    hostName: 'box',
    platform: 'linux',
    architecture: 'x64',
    ...facts,
  };
  return new SystemHostProbe({ root: fileTree(files), facts: () => all, run: async () => null });
}

describe('SystemHostProbe', () => {
  it('tells how long all tasks waited for memory, of its own group where that is told', async () => {
    const full = (percent: string): string =>
      `some avg10=90.00 avg60=1.00 avg300=0.10 total=1\nfull avg10=${percent} avg60=1.00 avg300=0.10 total=1\n`;
    const machine = { 'proc/meminfo': MEMINFO, 'proc/pressure/memory': full('61.50') };
    expect((await probeOf(machine).read()).memoryStallShare).toBeCloseTo(0.615);
    const grouped = { ...machine, 'sys/fs/cgroup/memory.pressure': full('0.00') };
    expect((await probeOf(grouped).read()).memoryStallShare).toBe(0);
  });

  it('tells what can be taken without swapping, not what is free', async () => {
    expect(await probeOf({ 'proc/meminfo': MEMINFO }).read()).toEqual({
      totalBytes: 16 * GIB,
      availableBytes: 8 * GIB,
      processorName: 'Some CPU',
      processors: 8,
      platform: 'linux-x64',
      memoryBandwidth: null,
      memoryStallShare: null,
    });
  });

  it('keeps to the limits of a control group, version 2, without what can be dropped', async () => {
    const probe = probeOf({
      'proc/meminfo': MEMINFO,
      'proc/self/cgroup': '0::/app/service',
      'sys/fs/cgroup/app/memory.max': 4 * GIB,
      'sys/fs/cgroup/app/memory.current': 3 * GIB,
      'sys/fs/cgroup/app/memory.stat': `anon 1\ninactive_file ${GIB}\nactive_file 5`,
      'sys/fs/cgroup/app/service/memory.max': 'max',
      'sys/fs/cgroup/app/service/cpu.max': '250000 100000',
    });
    expect(await probe.read()).toMatchObject({ totalBytes: 4 * GIB, availableBytes: 2 * GIB, processors: 2 });
  });

  it('keeps to the limits of version 1, where no limit is a huge number', async () => {
    const files = {
      'proc/meminfo': MEMINFO,
      'proc/self/cgroup': '9:memory:/docker/x\n4:cpu,cpuacct:/docker/x',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': 2 * GIB,
      'sys/fs/cgroup/memory/memory.usage_in_bytes': GIB,
      'sys/fs/cgroup/memory/memory.stat': 'total_inactive_file 0',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': 50000,
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': 100000,
    };
    expect(await probeOf(files).read()).toMatchObject({ totalBytes: 2 * GIB, availableBytes: GIB, processors: 1 });
    const unlimited = { ...files, 'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712' };
    expect(await probeOf(unlimited).read()).toMatchObject({ totalBytes: 16 * GIB, availableBytes: 8 * GIB });
  });

  it('falls back to what the operating system says', async () => {
    expect(await probeOf({}).read()).toMatchObject({ availableBytes: GIB });
    expect(await probeOf({}, { platform: 'win32' }).read()).toMatchObject({
      availableBytes: GIB,
      platform: 'win32-x64',
    });
  });

  it('knows the memory bandwidth of a chip that brings its memory', async () => {
    const reading = await probeOf({}, { platform: 'darwin', processorName: 'Apple M1' }).read();
    // github.com/philipturner/applegpuinfo issue 11: 68.3 GB/s.
    expect((reading.memoryBandwidth ?? 0) / 1e9).toBeCloseTo(68.3, 0);
  });

  it('reads this machine', async () => {
    const { totalBytes, availableBytes, processors } = await new SystemHostProbe().read();
    expect(availableBytes).toBeGreaterThan(0);
    expect(availableBytes).toBeLessThanOrEqual(totalBytes);
    expect(processors).toBeGreaterThanOrEqual(1);
  });
});

describe('availableFromVmStat', () => {
  it('counts the pages that can be had', () => {
    const text =
      'Mach Virtual Memory Statistics: (page size of 16384 bytes)\nPages free:    10.\nPages active:  99.\n' +
      'Pages inactive:   20.\nPages speculative:   3.\nPages purgeable:   4.\n';
    expect(availableFromVmStat(text)).toBe(37 * 16384);
    expect(availableFromVmStat('')).toBeNull();
  });

  it('tells machines apart without naming them', async () => {
    const idOf = async (files: Readonly<Record<string, string>>, facts: Partial<SystemFacts> = {}) =>
      probeOf({ 'proc/meminfo': MEMINFO, ...files }, facts).machineId();
    const installed = await idOf({ 'etc/machine-id': 'abc\n' });
    expect(installed).toMatch(/^[0-9a-f]{16}$/);
    expect(installed).not.toContain('abc');
    expect(await idOf({ 'etc/machine-id': 'abc\n' }, { hostName: 'renamed' })).toBe(installed);
    expect(await idOf({ 'etc/machine-id': 'abd\n' })).not.toBe(installed);
    expect(await idOf({}, { hostName: 'one' })).not.toBe(await idOf({}, { hostName: 'two' }));
  });
});
