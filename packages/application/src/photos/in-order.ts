/** Results of `work` in the order of the items, at most `parallel` at the same time; what fails ends it. */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  parallel: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  try {
    for (const item of items) {
      const result = work(item);
      // Whoever waits for an earlier one must not leave this one's failure unhandled.
      result.catch(() => undefined);
      running.push(result);
      const first = running.length >= parallel ? running.shift() : undefined;
      if (first !== undefined) yield await first;
    }
    for (let first = running.shift(); first !== undefined; first = running.shift()) yield await first;
  } finally {
    await Promise.allSettled(running);
  }
}
