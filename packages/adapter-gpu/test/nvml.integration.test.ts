import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeGpuProbeContract } from '@plimsoll/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNvml } from '../src/nvml/nvml-library.js';
import { NvmlProbe } from '../src/nvml/nvml-probe.js';

const GIB = 1024 ** 3;
const hasCompiler = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;

describe.skipIf(!hasCompiler)('NVML over koffi, against a stand-in library (skipped without a C compiler)', () => {
  let folder = '';
  let library = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-nvml-'));
    library = join(folder, 'libfake-nvml.so');
    const source = fileURLToPath(new URL('./fake-nvml.c', import.meta.url));
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, source]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describeGpuProbeContract('NVML', () => new NvmlProbe(async () => openNvml([library])));

  it('lists cards, MIG instances and a card that tells nothing', async () => {
    const probe = new NvmlProbe(async () => openNvml([library]));
    expect(await probe.devices()).toEqual([
      {
        id: 'GPU-1',
        index: 0,
        name: 'Fake card',
        vendor: 'nvidia',
        memory: 'dedicated',
        totalBytes: 8 * GIB,
        driver: '999.01',
      },
      {
        id: 'MIG-20',
        index: 1,
        name: 'Fake MIG 1g.10gb',
        vendor: 'nvidia',
        memory: 'dedicated',
        totalBytes: 10 * GIB,
        driver: '999.01',
      },
      {
        id: 'nvidia-2',
        index: 2,
        name: 'NVIDIA GPU',
        vendor: 'nvidia',
        memory: 'unified',
        totalBytes: null,
        driver: '999.01',
      },
    ]);
    await probe.close();
  });

  it('reads figures, and null for every call that fails or is missing', async () => {
    const probe = new NvmlProbe(async () => openNvml([library]));
    const [card, instance, mute] = await probe.read();
    expect(card).toMatchObject({
      deviceId: 'GPU-1',
      totalBytes: 8 * GIB,
      usedBytes: 3 * GIB,
      freeBytes: 4 * GIB,
      utilization: 0.55,
      temperatureC: 70,
      thermalMarginC: 25,
      thermalThrottling: false,
      powerCapped: true,
      powerW: 123.456,
      powerLimitW: null,
      processes: [
        { pid: 4711, name: null, usedBytes: 2 * GIB },
        { pid: 4712, name: null, usedBytes: null },
      ],
    });
    expect(instance).toMatchObject({
      freeBytes: 9 * GIB,
      utilization: null,
      thermalMarginC: -2,
      thermalThrottling: true,
    });
    expect(mute).toEqual({
      deviceId: 'nvidia-2',
      atMs: mute?.atMs,
      totalBytes: null,
      usedBytes: null,
      freeBytes: null,
      utilization: null,
      temperatureC: null,
      thermalMarginC: null,
      thermalThrottling: null,
      powerCapped: null,
      powerW: null,
      powerLimitW: null,
      processes: null,
    });
    await probe.close();
  });

  it('finds no library in a file that is none', async () => {
    const text = join(folder, 'text.so');
    writeFileSync(text, 'no library');
    expect(await openNvml([text, join(folder, 'missing.so')])).toBeNull();
  });
});

describe('NVML without its library', () => {
  it('sees no devices', async () => {
    const probe = new NvmlProbe(async () => openNvml(['/nowhere/libnvidia-ml.so']));
    expect(await probe.devices()).toEqual([]);
    expect(await probe.read()).toEqual([]);
  });
});
