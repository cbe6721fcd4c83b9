import type {
  CallOptions,
  Clock,
  GpuProbe,
  HostProbe,
  MeasurementEnvironment,
  MeasurementKind,
  MeasurementOf,
  MeasurementStore,
  ModelRuntime,
  RecordFacts,
} from '@plimsoll/domain';

/** What a record must say; everything else is unknown until given. */
export type MeasurementDraft<Kind extends MeasurementKind = MeasurementKind> = DraftOf<MeasurementOf<Kind>>;

type DraftOf<One> = One extends RecordFacts
  ? Omit<One, keyof RecordFacts> & Pick<One, 'model' | 'variant' | 'succeeded'> & Partial<RecordFacts>
  : never;

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
  async complete<Kind extends MeasurementKind>(
    draft: MeasurementDraft<Kind>,
    options?: CallOptions,
  ): Promise<MeasurementOf<Kind>> {
    const environment = await this.environment(options);
    // What the draft has beside the facts of every record is what is of its kind alone: TypeScript cannot add the two up.
    const record = { id: this.#newId(), atMs: this.#clock.nowMs(), environment, ...UNKNOWN, ...draft };
    return record as unknown as MeasurementOf<Kind>;
  }

  /** Completes and keeps a record. */
  async record<Kind extends MeasurementKind>(
    draft: MeasurementDraft<Kind>,
    options?: CallOptions,
  ): Promise<MeasurementOf<Kind>> {
    const measurement = await this.complete(draft, options);
    // Not cancelled with the call: what was measured is kept.
    await this.#store.append([measurement]);
    return measurement;
  }

  async #readEnvironment(options?: CallOptions): Promise<MeasurementEnvironment> {
    const [info, devices, host, machine] = await Promise.all([
      this.#runtime.info(options),
      this.#gpu.devices(options),
      this.#host.read(),
      this.#host.machineId(),
    ]);
    return {
      backend: this.#runtime.id,
      engineBuild: info.version === null ? null : `${info.name} ${info.version}`,
      device: devices[0]?.name ?? host.processorName,
      driver: devices[0]?.driver ?? null,
      platform: host.platform,
      machine,
    };
  }
}

const UNKNOWN: Omit<RecordFacts, 'id' | 'atMs' | 'model' | 'variant' | 'environment' | 'succeeded'> = {
  level: null,
  digest: null,
  architecture: null,
  shape: {},
  errorCode: null,
  residentBytes: null,
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
