import { CancelledError } from '@plimsoll/domain';
import type { LoadOptions } from '@plimsoll/domain';
import type { DroppedCache, LoadedModel, ModelHost } from './model-host.js';
import { RequestQueue } from './request-queue.js';

/** How a slot is made. */
export interface SlotOptions<Host extends ModelHost> {
  readonly name: string;
  readonly path: string;
  /** As it was asked for. */
  readonly load: LoadOptions;
  readonly host: Host;
  readonly queueCapacity: number;
  /** Bytes of host memory that it is expected to take, until the host has said it. */
  readonly expectedHostBytes: number;
}

/** A loaded model: its process, its queue and the time at which it goes. */
export class ResidentModelSlot<Host extends ModelHost> {
  readonly name: string;
  readonly path: string;
  readonly queue: RequestQueue;
  readonly host: Host;
  readonly facts: Promise<LoadedModel>;
  /** Milliseconds since 1970, or null for never. */
  expiresAtMs: number | null = null;
  lastUsedMs = 0;
  /** What is not held at the moment, since its cache was dropped. */
  dropped: DroppedCache | null = null;
  #loaded: LoadedModel | null = null;
  readonly #load: LoadOptions;
  readonly #expectedHostBytes: number;
  #timer: NodeJS.Timeout | null = null;

  constructor({ name, path, load, host, queueCapacity, expectedHostBytes }: SlotOptions<Host>) {
    this.name = name;
    this.path = path;
    this.host = host;
    this.queue = new RequestQueue(queueCapacity, load.parallel ?? 1);
    this.#load = load;
    this.#expectedHostBytes = expectedHostBytes;
    this.facts = this.#open();
    // Whoever waits for it sees the failure; nobody waiting is no crash.
    this.facts.catch(() => undefined);
  }

  /** Whether it is loaded and nobody uses it. */
  get idle(): boolean {
    return this.#loaded !== null && !this.queue.busy;
  }

  /** Bytes of host memory, as the engine reported them, or as they are expected. */
  get hostBytes(): number {
    const { sizeBytes = null, deviceBytes = null } = this.#loaded ?? {};
    const held = sizeBytes === null ? this.#expectedHostBytes : sizeBytes - (deviceBytes ?? 0);
    return held - (this.dropped?.hostBytes ?? 0);
  }

  /** Whether it is loaded as these options ask; what they leave open it may have in any way. */
  async serves(path: string, asked: LoadOptions): Promise<boolean> {
    const facts = await this.facts.catch(() => null);
    if (facts === null || this.host.ended || this.path !== path) return false;
    const mine = flat({ adapters: [], ...this.#load });
    const real = flat(facts.shape);
    return [...flat(asked)].every(([field, value]) => value === mine.get(field) || value === real.get(field));
  }

  /** Starts the time until it is unloaded anew. */
  touch(keepAlive: number | 'forever', nowMs: number, expire: () => void): void {
    this.lastUsedMs = nowMs;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.expiresAtMs = keepAlive === 'forever' ? null : nowMs + keepAlive;
    if (keepAlive !== 'forever') this.#timer = setTimeout(expire, Math.min(keepAlive, 0x7fff_ffff)).unref();
  }

  /** Takes no more requests, lets the running answers end, `drainMs` at most, and ends the process. */
  async drain(drainMs: number): Promise<void> {
    this.queue.close();
    if (this.queue.busy) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.min(drainMs, 0x7fff_ffff))));
      await Promise.race([this.queue.empty(), late]);
      clearTimeout(timer);
    }
    await this.close();
  }

  /** Ends the process at once; a running answer fails. */
  async close(): Promise<void> {
    this.queue.close();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.host.close(new CancelledError('The model was unloaded before the answer was done.'));
  }

  async #open(): Promise<LoadedModel> {
    try {
      return (this.#loaded = await this.host.loaded);
    } catch (error) {
      await this.host.close();
      throw error;
    }
  }
}

/** The fields that decide how a model is loaded, as values that compare. */
function flat({ placement, adapters, ...shape }: LoadFields): ReadonlyMap<string, unknown> {
  const { split, ...layers } = placement ?? {};
  const fields = Object.entries({
    ...{ ...shape, ...layers, split: split?.join(' ') },
    adapters: adapters?.map(({ path, scale }) => `${path}:${scale}`).join('\n'),
  });
  return new Map(fields.filter(([name, value]) => value !== undefined && name !== 'keepAlive'));
}

type LoadFields = Omit<LoadOptions, 'placement'> & {
  readonly placement?:
    | {
        readonly [Name in keyof NonNullable<LoadOptions['placement']>]:
          | NonNullable<LoadOptions['placement']>[Name]
          | null;
      }
    | undefined;
};
