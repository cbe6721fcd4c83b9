import { totalmem } from 'node:os';
import { BusyError } from '@plimsoll/domain';
import { abortable } from './abortable.js';
import type { ModelHost } from './model-host.js';
import type { ResidencyOptions } from './residency-options.js';
import type { ResidentModelSlot } from './resident-model-slot.js';

const HOST_SHARE = 0.9;
/** A load waits so long for room that running answers hold. */
const ROOM_WAIT_MS = 60_000;

/** Room in host memory: loaded models that nobody uses give it to others, the one unused longest first. */
export class ModelRoom<Host extends ModelHost> {
  readonly #options: Pick<ResidencyOptions, 'maxResidentBytes' | 'maxResidentModels'>;
  readonly #slots: Map<string, ResidentModelSlot<Host>>;

  /** @param slots the loaded models by file; those that go are taken out. */
  constructor(
    options: Pick<ResidencyOptions, 'maxResidentBytes' | 'maxResidentModels'>,
    slots: Map<string, ResidentModelSlot<Host>>,
  ) {
    this.#options = options;
    this.#slots = slots;
  }

  /**
   * Lets idle models go until there is a place and room for so many bytes, and waits for answers that hold it.
   * @throws BusyError when they hold it for long, CancelledError
   */
  async make(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const { maxResidentModels = 3 } = this.#options;
    while (this.#slots.size >= maxResidentModels && (await this.#evictIdle(null)));
    const endMs = performance.now() + ROOM_WAIT_MS;
    while (this.#slots.size > 0 && this.#hostBytes() + bytes > this.#budget()) {
      if (await this.#evictIdle(null)) continue;
      const waitMs = endMs - performance.now();
      if (waitMs <= 0) {
        const names = [...this.#slots.values()].map(({ name }) => name).join(', ');
        throw new BusyError(`The memory for models is taken by ${names}, in use.`, {
          hint: 'Try again when they are done, or raise the limit of memory for loaded models.',
        });
      }
      await abortable(this.#someIdle(waitMs), signal);
    }
  }

  /** The engine has said what the newest takes: others may have to go after all. */
  async trim(newest: ResidentModelSlot<Host>): Promise<void> {
    while (this.#hostBytes() > this.#budget() && (await this.#evictIdle(newest)));
  }

  /** Unloads the idle model that was used longest ago; false when there is none. */
  async #evictIdle(except: ResidentModelSlot<Host> | null): Promise<boolean> {
    const idle = [...this.#slots].filter(([, slot]) => slot.idle && slot !== except);
    const [oldest] = idle.sort(([, a], [, b]) => a.lastUsedMs - b.lastUsedMs);
    if (oldest === undefined) return false;
    this.#slots.delete(oldest[0]);
    await oldest[1].close();
    return true;
  }

  /** Resolves when a model that answers or loads now has done so, or after a while. */
  async #someIdle(mostMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, mostMs)));
    const done = [...this.#slots.values()].map(async (slot) => {
      await slot.facts.catch(() => null);
      await slot.queue.empty();
    });
    await Promise.race([late, ...done]);
    clearTimeout(timer);
  }

  #hostBytes(): number {
    return [...this.#slots.values()].reduce((sum, { hostBytes }) => sum + hostBytes, 0);
  }

  #budget(): number {
    return this.#options.maxResidentBytes ?? HOST_SHARE * totalmem();
  }
}
