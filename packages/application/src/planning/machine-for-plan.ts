import { TYPICAL_HOST, findDevice, formatBytes, hostTflops, memoryBudget, profileOf } from '@plimsoll/domain';
import type { DeviceFound, DeviceProfile, HostReading, MachineSpeed, MemoryBudget, Settings } from '@plimsoll/domain';
import type { MachineState } from '../devices/read-devices.js';
import type { PlanModelRequest } from './plan-model-request.js';

/** The machine a plan is made for: what may be used of it, and how fast it is. */
export interface PlannedMachine {
  readonly budget: MemoryBudget;
  readonly speed: MachineSpeed;
}

/** The machine that the request describes, else the one that was probed. */
export function machineForPlan(request: PlanModelRequest, state: MachineState, settings: Settings): PlannedMachine {
  const { devices, profiles, limitBytes } = plannedDevices(request, state, settings);
  // A described machine whose processor and GPU share one memory has that memory, not this machine's.
  const shared = request.gpu === undefined ? undefined : devices.find(({ memory }) => memory === 'unified');
  const budget = memoryBudget({
    devices,
    host: shared ?? { totalBytes: state.host.totalBytes, freeBytes: state.host.availableBytes },
    marginFraction: settings.memoryMarginFraction,
    limitBytes,
  });
  return { budget, speed: { devices: profiles.map(speedOf), host: hostSpeed(state.host) } };
}

interface PlannedDevices {
  readonly devices: readonly DeviceFound[];
  /** Null is unknown; `usual` is a card of which only the memory was said. */
  readonly profiles: readonly (DeviceProfile | 'usual' | null)[];
  readonly limitBytes: number | null;
}

function plannedDevices({ gpu, vramBytes }: PlanModelRequest, state: MachineState, settings: Settings): PlannedDevices {
  // The limit of the settings is about this machine, not about one that was described.
  if (gpu !== undefined) {
    const { profile, memoryBytes } = findDevice(gpu);
    const totalBytes = vramBytes ?? memoryBytes;
    const device = { name: profile.name, memory: profile.memory, totalBytes, freeBytes: totalBytes };
    return { devices: [device], profiles: [profile], limitBytes: null };
  }
  if (vramBytes === 0) return { devices: [], profiles: [], limitBytes: null };
  if (vramBytes !== undefined) {
    const name = `a device with ${formatBytes(vramBytes)}`;
    const device = { name, memory: 'dedicated' as const, totalBytes: vramBytes, freeBytes: vramBytes };
    return { devices: [device], profiles: ['usual'], limitBytes: null };
  }
  return {
    devices: state.devices.map(({ device, reading }) => ({
      name: device.name,
      memory: device.memory,
      totalBytes: reading?.totalBytes ?? device.totalBytes,
      freeBytes: reading?.freeBytes ?? null,
    })),
    profiles: state.devices.map(({ device }) => profileOf(device.name, device.totalBytes)),
    limitBytes: settings.gpuMemoryLimitBytes,
  };
}

/** Peak bandwidth that is assumed of a card of which only the memory was said: that of common cards of 8 to 16 GB. */
const USUAL_CARD: MachineSpeed['host'] = { bandwidthBytesPerSecond: 300e9, fp16Tflops: null, basis: 'assumed' };

function speedOf(profile: DeviceProfile | 'usual' | null): MachineSpeed['host'] {
  if (profile === 'usual') return USUAL_CARD;
  const { bandwidthBytesPerSecond = null, fp16Tflops = null, kind = 'other' } = profile ?? {};
  return { bandwidthBytesPerSecond, fp16Tflops, kind };
}

function hostSpeed({ memoryBandwidth, processors }: HostReading): MachineSpeed['host'] {
  const { bandwidthBytesPerSecond, kind, basis } = TYPICAL_HOST;
  const known =
    memoryBandwidth === null ? { bandwidthBytesPerSecond, basis } : { bandwidthBytesPerSecond: memoryBandwidth };
  return { ...known, fp16Tflops: hostTflops(processors), kind };
}
