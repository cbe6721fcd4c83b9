import { describeGpuProbeContract } from '@plimsoll/testing';
import { describe, expect, it } from 'vitest';
import type { RunProgram } from '../process/run-program.js';
import { AppleProbe } from './apple-probe.js';
import { recommendedWorkingSetBytes } from './working-set.js';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

// An Apple M4's own answer, as a monitoring tool's tests quote it (AGXAcceleratorG16G), keys in that order.
const IOREG =
  '+-o AGXAcceleratorG16G  <class AGXAcceleratorG16G, registered, matched, active>\n' +
  '  "PerformanceStatistics" = {"In use system memory (driver)"=0,"Alloc system memory"=1574862848,' +
  '"Tiler Utilization %"=20,"Renderer Utilization %"=19,"Device Utilization %"=21,"In use system memory"=351141888}\n';

function machine(answers: Readonly<Record<string, string>>): RunProgram {
  return async (command) => {
    const stdout = answers[command.join(' ')];
    return stdout === undefined ? null : { stdout, stderr: '', code: 0 };
  };
}

const M4 = {
  'sysctl -n machdep.cpu.brand_string': 'Apple M4\n',
  'sysctl -n hw.memsize': `${16 * GIB}\n`,
  'sysctl -n iogpu.wired_limit_mb': '0\n',
  'ioreg -r -d 1 -w 0 -c IOAccelerator': IOREG,
};

describeGpuProbeContract('a chip by Apple', () => new AppleProbe(machine(M4)));

describe('AppleProbe', () => {
  it('reads unified memory up to the recommended working set', async () => {
    const probe = new AppleProbe(machine(M4));
    const limit = recommendedWorkingSetBytes(16 * GIB, null);
    expect(await probe.devices()).toMatchObject([{ name: 'Apple M4', memory: 'unified', totalBytes: limit }]);
    expect(await probe.read()).toMatchObject([
      { totalBytes: limit, usedBytes: 351141888, freeBytes: limit - 351141888, utilization: 0.21, temperatureC: null },
    ]);
  });

  it('leaves unknown what the tools do not tell, and sees no Intel Mac', async () => {
    const mute = new AppleProbe(machine({ 'sysctl -n machdep.cpu.brand_string': 'Apple M1' }));
    expect(await mute.read()).toMatchObject([{ totalBytes: null, freeBytes: null, utilization: null }]);
    const intel = new AppleProbe(machine({ 'sysctl -n machdep.cpu.brand_string': 'Intel(R) Core(TM) i7' }));
    expect(await intel.devices()).toEqual([]);
    expect(await new AppleProbe(machine({})).read()).toEqual([]);
  });
});

describe('recommendedWorkingSetBytes', () => {
  // As llama.cpp prints it: github.com/abetlen/llama-cpp-python issue 687, github.com/ollama/ollama issue 434.
  it.each([
    [16, 10_922.67],
    [32, 21_845.34],
  ])('of %d GiB is %d MiB', (memoryGib, mebibytes) => {
    expect(recommendedWorkingSetBytes(memoryGib * GIB, null) / MIB).toBeCloseTo(mebibytes, 1);
  });

  it('is what the user has set, but never more than there is', () => {
    expect(recommendedWorkingSetBytes(16 * GIB, 14_000)).toBe(14_000 * MIB);
    expect(recommendedWorkingSetBytes(16 * GIB, 999_999)).toBe(16 * GIB);
  });
});
