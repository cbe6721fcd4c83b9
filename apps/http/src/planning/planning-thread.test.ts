import type { PlanInput } from '@plimsoll/application';
import { planDocument } from '@plimsoll/contract';
import type { PlanDocument } from '@plimsoll/contract';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeServices } from '../../test/fake-services.js';
import { PlanningThread } from './planning-thread.js';

const never = new AbortController().signal;
const sixteen = Array.from({ length: 16 }, (_, index) => 256 * (index + 1));

let thread: PlanningThread;
beforeEach(() => {
  thread = new PlanningThread();
});
afterEach(() => thread.close());

/** Eight levels in sixteen contexts. */
const input = async (contexts = sixteen): Promise<PlanInput> => {
  const { planning } = await fakeServices().backend();
  return (await planning.prepare({ model: sampleModelPath(), contexts })).input;
};

test('the thread gives the document that the use case gives', async () => {
  const { planning } = await fakeServices().backend();
  const asked = { model: sampleModelPath(), contexts: sixteen };
  const document = JSON.parse(await thread.plan({ kind: 'one', input: await input() }, never)) as PlanDocument;
  expect(document).toEqual(JSON.parse(JSON.stringify(planDocument(await planning.plan(asked)))));
  expect(document.candidates.length).toBeGreaterThan(100);
});

test('a client that leaves ends its plan, running or waiting, and the next one is answered', async () => {
  const job = { kind: 'one', input: await input() } as const;
  const clients = [new AbortController(), new AbortController()];
  const left = clients.map((client) => thread.plan(job, client.signal));
  const next = thread.plan(job, never);
  for (const client of clients) client.abort();
  for (const answer of left) await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
  expect(await next).toContain('plimsoll.plan/1');
});

test('a plan that fails is refused as elsewhere, and does not end the thread', async () => {
  const empty = thread.plan({ kind: 'one', input: await input([]) }, never);
  await expect(empty).rejects.toMatchObject({ answer: { status: 400, body: { error: { code: 'invalid-input' } } } });
  expect(await thread.plan({ kind: 'one', input: await input() }, never)).toContain('plimsoll.plan/1');
});

test('more plans than may wait are refused', async () => {
  const job = { kind: 'one', input: await input([256]) } as const;
  const waiting = Array.from({ length: 32 }, () => thread.plan(job, never));
  await expect(thread.plan(job, never)).rejects.toMatchObject({ code: 'busy' });
  expect(await Promise.all(waiting)).toHaveLength(32);
  expect(await thread.plan(job, never)).toContain('plimsoll.plan/1');
});

test('closing ends a plan that runs', async () => {
  const running = thread.plan({ kind: 'one', input: await input() }, never);
  const failed = expect(running).rejects.toMatchObject({ code: 'cancelled' });
  // The job is on its way one turn later.
  await Promise.resolve();
  await thread.close();
  await failed;
});
