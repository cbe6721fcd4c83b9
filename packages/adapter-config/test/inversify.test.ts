import 'reflect-metadata';
import { CONFIG_STORE } from '@plimsoll/di';
import { Container } from 'inversify';
import { expect, it } from 'vitest';
import { configModule } from '../src/inversify.js';

it('binds one store', async () => {
  const container = new Container();
  container.load(configModule({ path: '/nowhere/config.json', environment: {}, flags: { threads: 3 } }));
  const store = container.get(CONFIG_STORE);
  expect((await store.load()).settings.threads).toBe(3);
  expect(container.get(CONFIG_STORE)).toBe(store);
});
