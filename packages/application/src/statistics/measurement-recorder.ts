import type {
  CallOptions,
  Clock,
  GpuProbe,
  HostProbe,
  Measurement,
  MeasurementEnvironment,
  MeasurementKind,
  MeasurementStore,
  ModelRuntime,
} from '@plimsoll/domain';

/** What a record must say; everything else is unknown until given. */
export type MeasurementDraft = Pick<Measurement, 'kind' | 'model' | 'variant' | 'succeeded'> & Partial<Measurement>;

/** Fills records with where and when they were taken, and keeps them. */
export class MeasurementRecorder {
  readonly #store: MeasurementStore;
  readonly #runtime: ModelRuntime;
  readonly #gpu: GpuProbe;
  readonly #host: HostProbe;
  readonly #clock: Clock;
  readonly #newId: () => string;
  #environment: Promise<MeasurementEnvironment> | null = null;

  constructor(
    store: MeasurementStore,
    runtime: ModelRuntime,
    gpu: GpuProbe,
    host: HostProbe,
    clock: Clock,
    newId: () => string,
  ) {
    this.#store = store;
    this.#runtime = runtime;
    this.#gpu = gpu;
    this.#host = host;
    this.#clock = clock;
    this.#newId = newId;
  }

  /** The machine and software that measurements are taken on; read once. */
  async environment(options?: CallOptions): Promise<MeasurementEnvironment> {
    this.#environment ??= this.#readEnvironment(options);
    try {
      return await this.#environment;
    } catch (error) {
      this.#environment = null;
      throw error;
    }
  }

  /** Completes a draft into a record without keeping it. */
  async complete(draft: MeasurementDraft, options?: CallOptions): Promise<Measurement> {
    return {
      id: this.#newId(),
      atMs: this.#clock.nowMs(),
      environment: await this.environment(options),
      ...UNKNOWN,
      ...draft,
    };
  }

  /** Completes and keeps a record. */
  async record(draft: MeasurementDraft, options?: CallOptions): Promise<Measurement> {
    const measurement = await this.complete(draft, options);
    await this.#store.append([measurement]);
    return measurement;
  }

  async #readEnvironment(options?: CallOptions): Promise<MeasurementEnvironment> {
    const [info, devices, host] = await Promise.all([
      this.#runtime.info(options),
      this.#gpu.devices(options),
      this.#host.read(),
    ]);
    return {
      backend: this.#runtime.id,
      engineBuild: info.version === null ? null : `${info.name} ${info.version}`,
      device: devices[0]?.name ?? host.processorName,
      driver: devices[0]?.driver ?? null,
      platform: host.platform,
    };
  }
}

const UNKNOWN: Omit<Measurement, 'id' | 'kind' | 'atMs' | 'model' | 'variant' | 'environment' | 'succeeded'> = {
  level: null,
  digest: null,
  architecture: null,
  kvCache: null,
  contextTokens: null,
  gpuLayers: null,
  errorCode: null,
  timings: null,
  residentBytes: null,
  quality: null,
  footprint: null,
  temperatureC: null,
  throttled: null,
  energyJ: null,
  comparisonId: null,
  foreign: false,
};

/** Kinds of records, for front ends that filter by them. */
export const MEASUREMENT_KINDS: readonly MeasurementKind[] = [
  'generation',
  'speed',
  'quality',
  'footprint',
  'task',
  'profile',
];
