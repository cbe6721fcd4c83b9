import { MIX_TYPES, type MachineState, type TextCache } from '@plimsoll/application';
import { profileOf, typicalTypeSpeeds, type CallOptions, type TensorType, type TypeSpeeds } from '@plimsoll/domain';

/** How a machine's speeds are found. */
export interface TypeSpeedsOptions {
  readonly machine: () => Promise<MachineState>;
  /** Whether the engine inside runs the model; another one may use a GPU that this engine does not see. */
  readonly isEmbedded: boolean;
  readonly cache: TextCache;
  /** Folder for models while they are timed. */
  readonly folder: string;
}

/** Measured types; those of a source are among them, for tensors that keep their type. */
const TYPES: readonly TensorType[] = ['F16', ...MIX_TYPES];
/** Models of this many weights or more are all timed alike. */
const LARGEST_LOG2 = 26;

type Measured = Pick<TypeSpeeds, 'secondsPerWeight' | 'layerSeconds'> & { readonly device: string | null };

/**
 * How fast types are multiplied where a model of so many weights runs: measured once with the engine inside and kept;
 * typical figures where that engine does not see the GPU that another backend runs on, and null where they are unknown.
 * @throws StorageFailedError, BackendFailedError, EngineMismatchError, CancelledError
 */
export async function typeSpeeds(
  weights: number,
  { machine, isEmbedded, cache, folder }: TypeSpeedsOptions,
  { signal }: CallOptions = {},
): Promise<TypeSpeeds | null> {
  const { host, devices } = await machine();
  const log2 = Math.min(LARGEST_LOG2, Math.round(Math.log2(weights)));
  const { processorName, processors, platform } = host;
  const names = devices.map(({ device }) => device.name);
  const entry = JSON.stringify(['type-speeds', 1, TYPES, log2, processorName, processors, platform, names]);
  const measured = parsed(await cache.read(entry)) ?? (await measure(2 ** log2, folder, signal));
  await cache.write(entry, JSON.stringify(measured));
  const [gpu] = devices;
  if (gpu !== undefined && measured.device === null && !isEmbedded) {
    const profile = profileOf(gpu.device.name, gpu.device.totalBytes);
    const { bandwidthBytesPerSecond = null, fp16Tflops = null, kind = 'other' } = profile ?? {};
    return typicalTypeSpeeds({ bandwidthBytesPerSecond, fp16Tflops, kind }, gpu.device.name);
  }
  const name = measured.device ?? processorName ?? 'this processor';
  const { F16 = Number.NaN } = measured.secondsPerWeight;
  // Norms and routers: by their bytes.
  const others = Number.isFinite(F16) ? { BF16: F16, F32: 2 * F16 } : {};
  const { layerSeconds } = measured;
  return {
    secondsPerWeight: { ...others, ...measured.secondsPerWeight },
    ...{ layerSeconds, basis: 'measured', processor: name },
  };
}

async function measure(weights: number, folder: string, signal: AbortSignal | undefined): Promise<Measured> {
  const { measureTypeSpeeds } = await import('@plimsoll/adapter-llamacpp');
  return measureTypeSpeeds({ types: TYPES, weights, folder }, { signal });
}

function parsed(text: string | null): Measured | null {
  try {
    const value = JSON.parse(text ?? 'null') as Partial<Measured> | null;
    const speeds = Object.values(value?.secondsPerWeight ?? {});
    const isUsable = speeds.length === TYPES.length && speeds.every((one) => typeof one === 'number' && one > 0);
    return isUsable && typeof value?.layerSeconds === 'number' ? (value as Measured) : null;
  } catch {
    return null;
  }
}
