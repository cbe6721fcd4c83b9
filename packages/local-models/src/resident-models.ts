import { throwIfCancelled } from '@plimsoll/domain';
import type { LoadOptions, ResidentModel } from '@plimsoll/domain';
import { abortable } from './abortable.js';
import { checkLoadOptions } from './load-options-check.js';
import type { ModelFile } from './model-folder.js';
import type { ModelHost } from './model-host.js';
import { ModelRoom } from './model-room.js';
import { RequestQueue } from './request-queue.js';
import type { ResidencyOptions } from './residency-options.js';
import { ResidentModelSlot } from './resident-model-slot.js';
import { demandUsualVocabulary } from './vocabulary-limit.js';

/** How the process of a model is started. */
export interface HostOptions<Host extends ModelHost> {
  /** Starts it. */
  readonly open: (file: ModelFile, load: LoadOptions) => Host;
  /** Bytes of host memory that it is expected to take; 0 when that cannot be known. */
  readonly expectedHostBytes: (file: ModelFile, load: LoadOptions) => number;
}

/** A place on a loaded model, until `leave` is called. */
export interface ModelPlace<Host extends ModelHost> {
  readonly host: Host;
  /** Milliseconds that loading took; 0 when it was loaded. */
  readonly loadMs: number;
  readonly leave: () => void;
}

const FIVE_MINUTES_MS = 300_000;

/** The loaded models. What happens to one model happens one thing at a time: it is never loaded twice. */
export class ResidentModels<Host extends ModelHost> {
  readonly #options: ResidencyOptions & HostOptions<Host>;
  readonly #slots = new Map<string, ResidentModelSlot<Host>>();
  readonly #turns = new Map<string, RequestQueue>();
  readonly #loads = new RequestQueue(Number.MAX_SAFE_INTEGER);
  readonly #room: ModelRoom<Host>;

  constructor(options: ResidencyOptions & HostOptions<Host>) {
    this.#options = options;
    this.#room = new ModelRoom(options, this.#slots);
  }

  /** Loads a model where it is not loaded as asked. */
  async load(
    file: ModelFile,
    load: LoadOptions,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly loadMs: number }> {
    const { loadMs } = await this.#inTurn(file.path, signal, () => this.#ensure(file, load, signal));
    return { loadMs };
  }

  /**
   * Waits for a place on the model, loaded as asked.
   * @throws BusyError when too many wait, CancelledError, and what loading throws
   */
  async enter(file: ModelFile, load: LoadOptions, signal?: AbortSignal): Promise<ModelPlace<Host>> {
    for (let spentMs = 0; ;) {
      const { slot, loadMs } = await this.#inTurn(file.path, signal, () => this.#ensure(file, load, signal));
      spentMs += loadMs;
      const leave = await slot.queue.enter(signal);
      // Null: it was unloaded, or loaded in another way, while this request waited.
      if (leave === null) continue;
      // Its first answer makes it anew.
      slot.dropped = null;
      return {
        host: slot.host,
        loadMs: spentMs,
        leave: () => {
          leave();
          this.#touch(slot, load);
        },
      };
    }
  }

  /** Unloads the models of that file or name, after `drainMs` even when they answer. */
  async unload(name: string, path: string | null, drainMs: number): Promise<void> {
    const concerned = [...this.#slots].filter(([, slot]) => slot.name === name || slot.path === path);
    await Promise.all(
      concerned.map(([key, slot]) => {
        this.#forget(key, slot);
        return slot.drain(drainMs);
      }),
    );
  }

  /** Frees the cache of a model that nobody uses; false when it is used, not there, or has none to free. */
  async dropCache(path: string): Promise<boolean> {
    const slot = this.#slots.get(path);
    if (slot?.idle !== true || slot.dropped !== null) return false;
    const dropped = (await slot.host.dropCache?.()) ?? null;
    // Asked for in the meantime: it may have been made anew already.
    if (!slot.queue.busy) slot.dropped = dropped;
    return dropped !== null;
  }

  async list(): Promise<readonly ResidentModel[]> {
    const loaded = await Promise.all(
      [...this.#slots.values()].map(async (slot) => {
        const facts = slot.host.ended ? null : await slot.facts.catch(() => null);
        if (facts === null) return null;
        const { contextTokens } = facts.shape;
        const { hostBytes: droppedHost = 0, deviceBytes: droppedDevice = 0 } = slot.dropped ?? {};
        const sizeBytes = facts.sizeBytes === null ? null : facts.sizeBytes - droppedHost - droppedDevice;
        const deviceBytes = facts.deviceBytes === null ? null : facts.deviceBytes - droppedDevice;
        return { name: slot.name, sizeBytes, deviceBytes, contextTokens, expiresAtMs: slot.expiresAtMs };
      }),
    );
    return loaded.filter((model) => model !== null);
  }

  async close(): Promise<void> {
    const slots = [...this.#slots.values()];
    this.#slots.clear();
    await Promise.all(slots.map((slot) => slot.close()));
  }

  async #inTurn<Value>(path: string, signal: AbortSignal | undefined, work: () => Promise<Value>): Promise<Value> {
    const { maxWaitingRequests = 64 } = this.#options;
    const turn = this.#turns.get(path) ?? new RequestQueue(maxWaitingRequests);
    this.#turns.set(path, turn);
    const leave = await turn.enter(signal);
    try {
      return await work();
    } finally {
      leave?.();
      if (!turn.busy) this.#turns.delete(path);
    }
  }

  /** The model's slot, loaded if it was not, and the time that took. */
  async #ensure(
    file: ModelFile,
    load: LoadOptions,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly slot: ResidentModelSlot<Host>; readonly loadMs: number }> {
    throwIfCancelled(signal, 'Cancelled before the model was loaded.');
    checkLoadOptions(load);
    const { path } = file;
    const known = this.#slots.get(path);
    if (known !== undefined) {
      if (await abortable(known.serves(path, load), signal)) {
        this.#touch(known, load);
        return { slot: known, loadMs: 0 };
      }
      this.#forget(path, known);
      // Whoever uses it finishes first.
      await known.drain(Number.POSITIVE_INFINITY);
    }
    const slot = await this.#place(file, load, signal);
    try {
      const { loadMs } = await abortable(slot.facts, signal);
      this.#touch(slot, load);
      await this.#room.trim(slot);
      return { slot, loadMs };
    } catch (error) {
      this.#forget(path, slot);
      await slot.close();
      throw error;
    }
  }

  /** Makes room and begins to load, one model after the other, so that two loads cannot both count on the same room. */
  async #place(file: ModelFile, load: LoadOptions, signal: AbortSignal | undefined): Promise<ResidentModelSlot<Host>> {
    const { maxWaitingRequests = 64, open, inspector = null } = this.#options;
    const expectedHostBytes = this.#options.expectedHostBytes(file, load);
    await demandUsualVocabulary(inspector, file.path);
    const leave = await this.#loads.enter(signal);
    try {
      await this.#room.make(expectedHostBytes, signal);
      const slot = new ResidentModelSlot({
        name: file.name,
        path: file.path,
        load,
        host: open(file, load),
        queueCapacity: maxWaitingRequests,
        expectedHostBytes,
      });
      this.#slots.set(file.path, slot);
      return slot;
    } finally {
      leave?.();
    }
  }

  #touch(slot: ResidentModelSlot<Host>, load: LoadOptions): void {
    const keepAlive = load.keepAlive ?? this.#options.keepAliveMs ?? FIVE_MINUTES_MS;
    slot.touch(keepAlive, Date.now(), () => {
      if (slot.queue.busy) {
        this.#touch(slot, load);
        return;
      }
      this.#forget(slot.path, slot);
      void slot.close();
    });
  }

  #forget(path: string, slot: ResidentModelSlot<Host>): void {
    if (this.#slots.get(path) === slot) this.#slots.delete(path);
  }
}
