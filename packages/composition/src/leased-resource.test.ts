import { expect, test } from 'vitest';
import { LeasedResource, type Lease } from './leased-resource.js';

interface Recorded {
  readonly lease: (key: string) => Promise<Lease<string>>;
  readonly close: () => Promise<void>;
  readonly log: string[];
}

const recorded = (): Recorded => {
  const log: string[] = [];
  const resource = new LeasedResource<string>(async (value) => {
    log.push(`close ${value}`);
  });
  return {
    log,
    close: () => resource.close(),
    lease: (key) =>
      resource.lease(key, async () => {
        log.push(`open ${key}`);
        return key;
      }),
  };
};

test('the same key shares one value', async () => {
  const { lease, log } = recorded();
  const [first, second] = await Promise.all([lease('a'), lease('a')]);
  expect([first.value, second.value]).toEqual(['a', 'a']);
  first.release();
  second.release();
  expect(log).toEqual(['open a']);
});

test('a value that is replaced closes after its last holder', async () => {
  const { lease, close, log } = recorded();
  const old = await lease('a');
  const alsoOld = await lease('a');
  await lease('b');
  old.release();
  old.release();
  expect(log).toEqual(['open a', 'open b']);
  alsoOld.release();
  await close();
  expect(log).toEqual(['open a', 'open b', 'close a', 'close b']);
});

test('a value that nobody holds is closed when it is replaced', async () => {
  const { lease, close, log } = recorded();
  (await lease('a')).release();
  await lease('b');
  await close();
  expect(log).toEqual(['open a', 'open b', 'close a', 'close b']);
});

test('a value that fails to open is tried again', async () => {
  let attempts = 0;
  const resource = new LeasedResource<number>(async () => undefined);
  const open = async (): Promise<number> => {
    attempts += 1;
    if (attempts === 1) throw new Error('not yet');
    return attempts;
  };
  await expect(resource.lease('a', open)).rejects.toThrow('not yet');
  expect((await resource.lease('a', open)).value).toBe(2);
  await resource.close();
});

test('nothing is opened after closing', async () => {
  const { lease, close, log } = recorded();
  await lease('a');
  await close();
  await expect(lease('a')).rejects.toMatchObject({ code: 'invalid-input' });
  expect(log).toEqual(['open a', 'close a']);
});
