import { GPU_PROBE, HOST_PROBE, MEASUREMENT_STORE } from '@plimsoll/di';
import { FixedGpuProbe, FixedHostProbe, InMemoryConfigStore, InMemoryMeasurementStore } from '@plimsoll/testing';
import { ContainerModule } from 'inversify';
import { expect, test } from 'vitest';
import { ggufModule } from '@plimsoll/adapter-gguf/inversify';
import { composeFrontEnd } from '../examples/compose-a-front-end.js';

const machine = new ContainerModule(({ bind }) => {
  bind(GPU_PROBE).toConstantValue(new FixedGpuProbe());
  bind(HOST_PROBE).toConstantValue(new FixedHostProbe());
  bind(MEASUREMENT_STORE).toConstantValue(new InMemoryMeasurementStore());
});

test.each(['embedded', 'ollama'] as const)('the example composes the %s backend', async (backend) => {
  const use = await composeFrontEnd(new InMemoryConfigStore({ backend }), [ggufModule(), machine], () => undefined);
  expect(use.runtime.id).toBe(backend);
  await use.runtime.close();
});

test('a backend without an address is a configuration error that names the key', async () => {
  const config = new InMemoryConfigStore({ backend: 'openai', openaiBaseUrl: null });
  await expect(composeFrontEnd(config, [ggufModule(), machine], () => undefined)).rejects.toMatchObject({
    code: 'invalid-config',
    hint: expect.stringContaining('ai.openai_base_url') as string,
  });
});
