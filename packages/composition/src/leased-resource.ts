import { InvalidInputError } from '@plimsoll/domain';

/** Something that is in use until it is released. */
export interface Lease<Value> {
  readonly value: Value;
  readonly release: () => void;
}

interface Held<Value> {
  readonly key: string;
  readonly value: Promise<Value>;
  leases: number;
}

/**
 * One value that is replaced when its key changes. Who holds the old one keeps it; it is closed when the last
 * holder has released it.
 */
export class LeasedResource<Value> {
  readonly #close: (value: Value) => Promise<void>;
  readonly #closing = new Set<Promise<void>>();
  #current: Held<Value> | null = null;
  #closed = false;

  constructor(close: (value: Value) => Promise<void>) {
    this.#close = close;
  }

  /**
   * The value for `key`, opened when it is another one than before. One that fails to open is tried again.
   * @throws InvalidInputError after `close`
   */
  async lease(key: string, open: () => Promise<Value>): Promise<Lease<Value>> {
    if (this.#closed) throw new InvalidInputError('This was closed; nothing is opened any more.');
    if (this.#current?.key !== key) {
      const old = this.#current;
      this.#current = { key, value: open(), leases: 0 };
      if (old !== null && old.leases === 0) this.#retire(old);
    }
    const held = this.#current;
    held.leases += 1;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      held.leases -= 1;
      if (held.leases === 0 && held !== this.#current) this.#retire(held);
    };
    try {
      return { value: await held.value, release };
    } catch (error) {
      if (this.#current === held) this.#current = null;
      throw error;
    }
  }

  /** Closes the value, in use or not, and waits for those that are being closed. */
  async close(): Promise<void> {
    this.#closed = true;
    const last = this.#current;
    this.#current = null;
    if (last !== null) this.#retire(last);
    await Promise.all(this.#closing);
  }

  #retire(held: Held<Value>): void {
    const closing = held.value
      .then((value) => this.#close(value))
      // A value that never opened, or closes badly, must not take the server down.
      .catch(() => undefined)
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
