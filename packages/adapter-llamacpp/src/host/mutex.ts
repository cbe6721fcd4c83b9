/** Lets one piece of work run at a time, in order. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  async run<Value>(work: () => Value | Promise<Value>): Promise<Value> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
