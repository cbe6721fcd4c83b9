import { FixedGpuProbe, describeGpuProbeContract, gpuReading } from '@plimsoll/testing';
import { AmdSysfsProbe } from './amd/amd-sysfs-probe.js';
import { CompositeProbe } from './composite-probe.js';
import { createGpuProbe } from './create-gpu-probe.js';
import { NoGpuProbe } from './no-gpu-probe.js';

const card = (id: string): FixedGpuProbe =>
  new FixedGpuProbe(
    [{ id, index: 0, name: id, vendor: 'nvidia', memory: 'dedicated', totalBytes: 8, driver: null }],
    [gpuReading({ deviceId: id, totalBytes: 8, usedBytes: 1 })],
  );

describeGpuProbeContract('a machine without devices', () => new NoGpuProbe());
describeGpuProbeContract('two probes together', () => new CompositeProbe({ groups: [[card('a')], [card('b')]] }));
describeGpuProbeContract('a kernel without AMD devices', () => new AmdSysfsProbe('/nothing'));
describeGpuProbeContract('this machine', () => createGpuProbe());
