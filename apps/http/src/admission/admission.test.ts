import { expect, test } from 'vitest';
import { Admission } from './admission.js';

const limits = { concurrent: 1, mostWaiting: 1, waitMs: 60_000 };
const who = { client: 'a', priority: 'normal' } as const;

test('names those models alone that have requests, whatever names were asked for before', async () => {
  const admission = new Admission(() => limits);
  for (let index = 0; index < 1000; index += 1) (await admission.enter(`made up ${index}`, who))();
  const leave = await admission.enter('tale:1b', who);
  const next = admission.enter('tale:1b', who);
  expect([...admission.waiting()].map(([model, { active, waiting }]) => [model, active, waiting])).toEqual([
    ['tale:1b', 1, 1],
  ]);
  leave();
  (await next)();
  expect(admission.waiting().size).toBe(0);
});

test('a model that is busy keeps its queue while others come and go', async () => {
  const admission = new Admission(() => limits);
  const leave = await admission.enter('tale:1b', who);
  for (let index = 0; index < 1000; index += 1) (await admission.enter(`made up ${index}`, who))();
  const next = admission.enter('tale:1b', who);
  expect(admission.waiting().get('tale:1b')).toMatchObject({ active: 1, waiting: 1 });
  leave();
  (await next)();
});
