import { Govern, GovernedModels, ModelPool } from '@plimsoll/application';
import type { ChooseVariant, PlanModel, ReadDevices } from '@plimsoll/application';
import { DEFAULT_GOVERNOR_POLICY, HOST_DOMAIN, withUsageSwitch } from '@plimsoll/domain';
import type {
  BytesByDomain,
  Clock,
  EventBus,
  GovernorMode,
  GovernorPolicy,
  GpuProbe,
  HostProbe,
  MeasurementStore,
  ModelRuntime,
  Settings,
} from '@plimsoll/domain';

/** How memory is governed. */
export interface GovernorOptions {
  readonly mode: GovernorMode;
  /** How it behaves; the domain's defaults when absent. */
  readonly policy?: GovernorPolicy | undefined;
}

/** A governor at work, and the models that it moves. */
export interface Governor {
  readonly govern: Govern;
  readonly pool: ModelPool;
  readonly models: GovernedModels;
}

/** What a governor is made of. */
export interface GovernorParts {
  readonly runtime: ModelRuntime;
  readonly choose: ChooseVariant;
  readonly planner: PlanModel;
  readonly devices: ReadDevices;
  readonly gpu: GpuProbe;
  readonly host: HostProbe;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly store: Pick<MeasurementStore, 'query'>;
  readonly settings: Settings;
  /** Ends the watching. */
  readonly signal: AbortSignal;
}

/** Requests to one model that may wait, and how long, before they are refused. */
const LIMITS = { mostWaiting: 256, waitMs: 120_000 };

/**
 * Backends whose models are ours to move. The processes of the first two are ours; an Ollama server is asked for what its
 * API can do: which variant, how many layers on the device (`num_gpu`), how much context (`num_ctx`), and to let go.
 */
const GOVERNED: ReadonlySet<string> = new Set(['embedded', 'llama-server', 'ollama']);

/** Starts one, or gives null for a backend that is not ours to govern. */
export function startGovernor(parts: GovernorParts, { mode, policy: base }: GovernorOptions): Governor | null {
  const { runtime, choose, planner, devices, gpu, host, clock, events, store, settings, signal } = parts;
  // The memory of several servers is not the memory of this machine.
  if (!GOVERNED.has(runtime.id) || runtime.apis?.hostsOf !== undefined) return null;
  const pool = new ModelPool({
    ...{ runtime, clock, limits: LIMITS },
    reported: (variant) => heldBy(runtime, gpu, variant),
    used: () => usedOf(gpu),
    resident: async () => (await runtime.resident()).map(({ name }) => name),
  });
  const policyOf = (now: Settings): GovernorPolicy => withUsageSwitch(base ?? DEFAULT_GOVERNOR_POLICY, now.usageSwitch);
  const govern = new Govern({
    ...{ pool, gpu, host, clock, events, mode },
    policy: policyOf(settings),
    limitBytes: settings.gpuMemoryLimitBytes,
  });
  pool.advice = govern;
  const unfollow = events.subscribe((event) => {
    if (event.type === 'settings-changed') {
      govern.rule(policyOf(event.settings), event.settings.gpuMemoryLimitBytes);
    }
  });
  void govern.run({ signal }).finally(unfollow);
  return { govern, pool, models: new GovernedModels({ pool, choose, planner, devices, runtime, store }) };
}

/** Null also with several devices: runtimes tell one sum of them. */
async function heldBy(runtime: ModelRuntime, gpu: GpuProbe, variant: string): Promise<BytesByDomain | null> {
  const [resident, devices] = await Promise.all([runtime.resident(), gpu.devices()]);
  const found = resident.find(({ name }) => name === variant);
  if (found === undefined || found.sizeBytes === null || found.deviceBytes === null || devices.length > 1) return null;
  const [device] = devices;
  const onHost = found.sizeBytes - found.deviceBytes;
  return { ...(device === undefined ? {} : { [device.id]: found.deviceBytes }), [HOST_DOMAIN]: onHost };
}

/** Devices that do not say what is in use are left out. */
async function usedOf(gpu: GpuProbe): Promise<BytesByDomain> {
  const readings = await gpu.read();
  return Object.fromEntries(
    readings.flatMap(({ deviceId, usedBytes }) => (usedBytes === null ? [] : [[deviceId, usedBytes] as const])),
  );
}
