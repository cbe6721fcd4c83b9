import { GPU_PROBE, HOST_PROBE } from '@plimsoll/di';
import { ContainerModule } from 'inversify';
import { createGpuProbe } from './create-gpu-probe.js';
import type { GpuProbeOptions } from './create-gpu-probe.js';
import { SystemHostProbe } from './host/system-host-probe.js';

/** Binds the probes of this machine: its devices, and its own memory and processors. */
export function gpuModule(options: GpuProbeOptions = {}): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(HOST_PROBE)
      .toResolvedValue(() => options.host ?? new SystemHostProbe())
      .inSingletonScope();
    bind(GPU_PROBE)
      .toResolvedValue((host) => createGpuProbe({ ...options, host }), [HOST_PROBE])
      .inSingletonScope();
  });
}
