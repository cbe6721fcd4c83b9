import {
  InvalidInputError,
  TYPICAL_HOST,
  findDevices,
  formatBytes,
  hostTflops,
  memoryBudget,
  profileOf,
} from '@plimsoll/domain';
import type {
  DeviceFound,
  DeviceProfile,
  MemoryFound,
  HostReading,
  MachineSpeed,
  MemoryBudget,
  Settings,
} from '@plimsoll/domain';
import type { MachineState } from '../devices/read-devices.js';
import type { PlanModelRequest } from './plan-model-request.js';

/** The machine a plan is made for: what may be used of it, and how fast it is. */
export interface PlannedMachine {
  readonly budget: MemoryBudget;
  readonly speed: MachineSpeed;
}

function hostMemory({ ramBytes }: PlanModelRequest, host: HostReading): MemoryFound {
  if (ramBytes !== undefined) return { totalBytes: ramBytes, freeBytes: ramBytes };
  return { totalBytes: host.totalBytes, freeBytes: host.availableBytes };
}

/** The machine that the request describes, else the one that was probed. */
export function machineForPlan(request: PlanModelRequest, state: MachineState, settings: Settings): PlannedMachine {
  const { devices, profiles, limitBytes } = plannedDevices(request, state, settings);
  // A described machine whose processor and GPU share one memory has that memory, not this machine's.
  const shared = request.gpu === undefined ? undefined : devices.find(({ memory }) => memory === 'unified');
  const budget = memoryBudget({
    devices,
    host: shared ?? hostMemory(request, state.host),
    marginFraction: settings.memoryMarginFraction,
    limitBytes,
  });
  return { budget, speed: { devices: profiles.map(speedOf), host: hostSpeed(request, state.host) } };
}

interface PlannedDevices {
  readonly devices: readonly DeviceFound[];
  /** Null is unknown; `usual` is a card of which only the memory was said. */
  readonly profiles: readonly (DeviceProfile | 'usual' | null)[];
  readonly limitBytes: number | null;
}

function plannedDevices({ gpu, vramBytes }: PlanModelRequest, state: MachineState, settings: Settings): PlannedDevices {
  const cards = gpu === undefined ? [] : typeof gpu === 'string' ? [gpu] : gpu;
  if (cards.length > 0) return namedDevices(cards.flatMap(findDevices), vramBytes, settings);
  if (vramBytes === 0) return { devices: [], profiles: [], limitBytes: null };
  if (vramBytes !== undefined) {
    const device = { name: 'Unnamed card', memory: 'dedicated' as const, totalBytes: vramBytes, freeBytes: vramBytes };
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

/** @throws InvalidInputError for memory that the card does not have, and chips with a memory of their own beside others */
function namedDevices(
  cards: ReturnType<typeof findDevices>,
  vramBytes: number | undefined,
  settings: Settings,
): PlannedDevices {
  const [first] = cards;
  if (cards.length > 1 && cards.some(({ profile }) => profile.memory === 'unified')) {
    throw new InvalidInputError(
      'A chip whose GPU shares the memory of the processor cannot be combined with other devices.',
      {
        hint: 'Name one such chip, or only cards.',
      },
    );
  }
  if (
    vramBytes !== undefined &&
    first !== undefined &&
    (cards.length > 1 || vramBytes > first.memoryBytes || vramBytes === 0)
  ) {
    const has =
      cards.length > 1
        ? `${cards.length} cards are named`
        : `${first.profile.name} has ${formatBytes(first.memoryBytes)}`;
    throw new InvalidInputError(`${has}, which ${formatBytes(vramBytes)} of device memory contradict.`, {
      hint: 'Give the card or the memory; less memory than one card has stands for what others leave of it.',
    });
  }
  return {
    devices: cards.map(({ profile: { name, memory }, memoryBytes }) => {
      const totalBytes = vramBytes ?? memoryBytes;
      return { name, memory, totalBytes, freeBytes: totalBytes };
    }),
    profiles: cards.map(({ profile }) => profile),
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

function hostSpeed(request: PlanModelRequest, host: HostReading): MachineSpeed['host'] {
  const memoryBandwidth = request.ramBandwidth ?? host.memoryBandwidth;
  const processors = request.cpuThreads ?? host.processors;
  const { bandwidthBytesPerSecond, kind, basis } = TYPICAL_HOST;
  const measured = host.measuredMemoryBandwidth;
  const known =
    memoryBandwidth !== null
      ? { bandwidthBytesPerSecond: memoryBandwidth }
      : measured === undefined
        ? { bandwidthBytesPerSecond, basis }
        : { bandwidthBytesPerSecond: measured, basis: 'measured' as const };
  // Of another machine's processor only what was said of it counts.
  const cores = isElsewhere(request) ? request.cpuThreads : processors;
  return { ...known, fp16Tflops: hostTflops(processors), kind, cores };
}

/** Whether RAM is that of another machine, of which what is typical is assumed. */
export const isElsewhere = ({ gpu, vramBytes = 0, ramBytes, ramBandwidth }: PlanModelRequest): boolean =>
  gpu !== undefined || vramBytes > 0 || ramBytes !== undefined || ramBandwidth !== undefined;
