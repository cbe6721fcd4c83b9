import { expect, test } from 'vitest';
import { Live } from './live.js';

const recorded = (): { live: Live<string>; log: string[] } => {
  const log: string[] = [];
  const live = new Live<string>(
    async (key) => {
      log.push(`open ${key}`);
      return key;
    },
    async (value) => {
      log.push(`close ${value}`);
    },
  );
  return { live, log };
};

test('the same key shares one value', async () => {
  const { live, log } = recorded();
  const [first, second] = await Promise.all([live.lease('a'), live.lease('a')]);
  expect([first.value, second.value]).toEqual(['a', 'a']);
  first.release();
  second.release();
  expect(log).toEqual(['open a']);
});

test('a value that is replaced closes after its last holder', async () => {
  const { live, log } = recorded();
  const old = await live.lease('a');
  const alsoOld = await live.lease('a');
  await live.lease('b');
  old.release();
  old.release();
  expect(log).toEqual(['open a', 'open b']);
  alsoOld.release();
  await live.close();
  expect(log).toEqual(['open a', 'open b', 'close a', 'close b']);
});

test('a value that nobody holds is closed when it is replaced', async () => {
  const { live, log } = recorded();
  (await live.lease('a')).release();
  await live.lease('b');
  await live.close();
  expect(log).toEqual(['open a', 'open b', 'close a', 'close b']);
});

test('a value that fails to open is tried again', async () => {
  let attempts = 0;
  const live = new Live<number>(
    async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('not yet');
      return attempts;
    },
    async () => undefined,
  );
  await expect(live.lease('a')).rejects.toThrow('not yet');
  expect((await live.lease('a')).value).toBe(2);
  await live.close();
});
