import { CONFIG_STORE, GPU_PROBE, HOST_PROBE, MEASUREMENT_STORE, MODEL_RUNTIME } from '@plimsoll/di';
import {
  FixedGpuProbe,
  FixedHostProbe,
  InMemoryConfigStore,
  InMemoryMeasurementStore,
  InMemoryModelRuntime,
} from '@plimsoll/testing';
import type { ServiceIdentifier } from 'inversify';
import { expect, test } from 'vitest';
import { openPlimsoll } from './open-plimsoll.js';

const replace = new Map<ServiceIdentifier<object>, object>([
  [GPU_PROBE, new FixedGpuProbe()],
  [HOST_PROBE, new FixedHostProbe()],
  [MEASUREMENT_STORE, new InMemoryMeasurementStore()],
]);

test.each(['embedded', 'ollama'] as const)('the %s backend is opened by its id', async (backend) => {
  const plimsoll = await openPlimsoll({ config: new InMemoryConfigStore({ backend }), replace });
  const { value: use } = await plimsoll.lease();
  expect((await use.runtime()).id).toBe(backend);
  await plimsoll.close();
});

test('a backend without an address is a configuration error that names the key', async () => {
  const config = new InMemoryConfigStore({ backend: 'openai', openaiBaseUrl: null });
  const { value: use } = await (await openPlimsoll({ config, replace })).lease();
  await expect(use.runtime()).rejects.toMatchObject({
    code: 'invalid-config',
    remedies: [expect.objectContaining({ kind: 'change-setting', path: 'ai.openai_base_url' })],
  });
});

test('a lease follows the settings', async () => {
  const config = new InMemoryConfigStore({ backend: 'embedded' });
  const plimsoll = await openPlimsoll({ config, replace });
  const first = await plimsoll.lease();
  await (await plimsoll.shared.settings()).update({ backend: 'ollama' });
  const second = await plimsoll.lease();
  expect([first.value.settings.backend, second.value.settings.backend]).toEqual(['embedded', 'ollama']);
  expect((await first.value.runtime()).id).toBe('embedded');
  first.release();
  await plimsoll.close();
});

test('nothing is asked or opened after closing', async () => {
  const plimsoll = await openPlimsoll({ config: new InMemoryConfigStore(), replace });
  const { value: use } = await plimsoll.lease();
  await plimsoll.close();
  await expect(plimsoll.lease()).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(plimsoll.get(CONFIG_STORE)).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(use.runtime()).rejects.toMatchObject({ code: 'invalid-input' });
});

test('what somebody else gave is used and left open', async () => {
  const runtime = new InMemoryModelRuntime({ variants: [] });
  let closed = 0;
  runtime.close = async () => {
    closed += 1;
  };
  const plimsoll = await openPlimsoll({
    config: new InMemoryConfigStore(),
    replace: new Map<ServiceIdentifier<object>, object>([...replace, [MODEL_RUNTIME, runtime]]),
  });
  expect(await (await plimsoll.lease()).value.runtime()).toBe(runtime);
  await plimsoll.close();
  expect(closed).toBe(0);
});
