import type { GpuProbe, HostProbe } from '@plimsoll/domain';
import { AmdSysfsProbe } from './amd/amd-sysfs-probe.js';
import { AppleProbe } from './apple/apple-probe.js';
import { CompositeProbe } from './composite-probe.js';
import { EngineProbe } from './engine/engine-probe.js';
import type { ListEngineDevices } from './engine/engine-probe.js';
import { SystemHostProbe } from './host/system-host-probe.js';
import { NoGpuProbe } from './no-gpu-probe.js';
import { NvidiaSmiProbe } from './nvidia/nvidia-smi-probe.js';
import { NvmlProbe } from './nvml/nvml-probe.js';

/** What to look for; everything has a default. */
export interface GpuProbeOptions {
  /** As in `process.platform`. */
  readonly platform?: string;
  /** Devices that the embedded engine sees; used for vendors that no tool here knows. */
  readonly engineDevices?: ListEngineDevices | undefined;
  readonly host?: HostProbe;
  /** `false` for a machine whose devices are not to be used. */
  readonly enabled?: boolean;
}

/** The probe for this machine: the management library or `nvidia-smi`, AMD's driver files, Apple's tools, the engine. */
export function createGpuProbe(options: GpuProbeOptions = {}): GpuProbe {
  const { platform = process.platform, engineDevices, host = new SystemHostProbe(), enabled = true } = options;
  if (!enabled) return new NoGpuProbe();
  const fallback = engineDevices === undefined ? undefined : new EngineProbe(engineDevices);
  if (platform === 'darwin') return new CompositeProbe({ groups: [[new AppleProbe()]], fallback, host });
  const nvidia = [new NvmlProbe(), new NvidiaSmiProbe()];
  const groups = platform === 'linux' ? [nvidia, [new AmdSysfsProbe()]] : [nvidia];
  return new CompositeProbe({ groups, fallback, host });
}
