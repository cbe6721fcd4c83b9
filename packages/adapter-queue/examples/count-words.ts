import { openJobQueue } from '@plimsoll/adapter-queue';

/** Gives jobs to a queue and works on them in the same process; any number of others could help. */
export async function countWords(url: string, texts: readonly string[]): Promise<readonly number[]> {
  const queue = await openJobQueue<string>(url, { prefix: 'example' });
  const counts: number[] = [];
  const stop = new AbortController();
  try {
    await queue.add(
      'texts',
      texts.map((data, index) => ({ id: `text-${index}`, data })),
    );
    await queue.work({
      steady: new Map([['texts', 1]]),
      roams: () => false,
      signal: stop.signal,
      handle: async (_, { data }) => {
        counts.push(data.split(' ').length);
        if (counts.length === texts.length) stop.abort();
        return { kind: 'done' };
      },
    });
    return counts;
  } finally {
    await queue.close();
  }
}
