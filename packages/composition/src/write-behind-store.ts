import type {
  CallOptions,
  Measurement,
  MeasurementFilter,
  MeasurementStore,
  VariantStatistics,
} from '@plimsoll/domain';

/** Longest that a record waits. */
const WAIT_MS = 250;
/** So many are not gathered any longer: handing them over takes a time in which nothing else is done. */
const AT_ONCE = 50;
/** So many may be unwritten; whoever brings one more waits until they are written. */
const MOST_UNWRITTEN = 1000;

/**
 * Writes the records of answers behind their backs, many at once: a server that answers thousands of requests a second
 * does not begin a transaction for each. Whoever asks is told of all that was recorded, and `close` writes what waits; a
 * process that is killed loses the last quarter of a second of them. Measurements of any other kind are written at once.
 */
export class WriteBehindStore implements MeasurementStore {
  readonly #store: MeasurementStore;
  readonly #onLost: (error: unknown) => void;
  #waiting: Measurement[] = [];
  #unwritten = 0;
  #timer: NodeJS.Timeout | null = null;
  /** Batches are written one after the other. */
  #writing: Promise<void> = Promise.resolve();

  /** @param onLost is told why records could not be kept */
  constructor(store: MeasurementStore, onLost: (error: unknown) => void) {
    this.#store = store;
    this.#onLost = onLost;
  }

  async append(measurements: readonly Measurement[], options?: CallOptions): Promise<void> {
    if (!measurements.every(({ kind }) => kind === 'generation')) {
      await this.#store.append(measurements, options);
      return;
    }
    this.#waiting.push(...measurements);
    this.#unwritten += measurements.length;
    this.#timer ??= setTimeout(() => void this.#flush(), WAIT_MS);
    if (this.#waiting.length >= AT_ONCE) void this.#flush();
    if (this.#unwritten > MOST_UNWRITTEN) await this.#writing;
  }

  async query(filter?: MeasurementFilter, options?: CallOptions): Promise<readonly Measurement[]> {
    await this.#flush();
    return this.#store.query(filter, options);
  }

  async aggregate(filter?: MeasurementFilter, options?: CallOptions): Promise<readonly VariantStatistics[]> {
    await this.#flush();
    return this.#store.aggregate(filter, options);
  }

  /** Writes what waits. Whoever gave the store closes it. */
  async close(): Promise<void> {
    await this.#flush();
  }

  #flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length > 0) this.#writing = this.#writing.then(() => this.#write(batch));
    return this.#writing;
  }

  async #write(batch: readonly Measurement[]): Promise<void> {
    try {
      await this.#store.append(batch);
    } catch (error) {
      this.#onLost(error);
    } finally {
      this.#unwritten -= batch.length;
    }
  }
}
