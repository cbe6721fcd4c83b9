import {
  FakeVariantBuilder,
  FixedGpuProbe,
  FixedHostProbe,
  InMemoryConfigStore,
  InMemoryMeasurementStore,
  InMemoryModelCatalog,
  InMemoryModelRuntime,
  RecordingEventBus,
} from '@plimsoll/testing';
import { expect, test } from 'vitest';
import { ReadDevices } from '../devices/read-devices.js';
import { ChooseVariant } from '../variants/choose-variant.js';
import { EnsureVariant } from '../variants/ensure-variant.js';
import { Diagnose } from './diagnose.js';

async function backendFindings(more: object) {
  const info = { name: 'Ollama', version: '0.34.2', endpoint: 'http://gpu-box:11434', ...more };
  const runtime = Object.assign(new InMemoryModelRuntime({ variants: [] }), { info: async () => info });
  const config = new InMemoryConfigStore();
  const catalog = new InMemoryModelCatalog(runtime);
  const builders = [new FakeVariantBuilder(runtime)];
  const ensure = new EnsureVariant(runtime, catalog, builders, (model) => model, new RecordingEventBus());
  const findings = await new Diagnose({
    config,
    runtime,
    devices: new ReadDevices(new FixedGpuProbe(), new FixedHostProbe()),
    choose: new ChooseVariant(config, runtime, ensure),
    store: new InMemoryMeasurementStore(),
  }).diagnose();
  return findings.filter(({ check }) => check === 'backend');
}

test.each([
  [undefined, 'ok'],
  ['0.33.1', 'warning'],
])('a backend tested up to %s is %s', async (testedUpTo, status) => {
  const [backend] = await backendFindings({ testedUpTo });
  expect(backend?.status).toBe(status);
  const endpoint = 'http://gpu-box:11434';
  const fact = { kind: 'backend-answers', name: 'Ollama', version: '0.34.2', endpoint, testedUpTo: testedUpTo ?? null };
  expect(backend?.fact).toEqual(fact);
});

test('servers that do not answer beside one that does are a warning', async () => {
  const addresses = ['http://10.0.0.7:11434'];
  const findings = await backendFindings({ silent: addresses });
  expect(findings.map(({ status }) => status)).toEqual(['ok', 'warning']);
  expect(findings[1]?.fact).toEqual({ kind: 'servers-silent', addresses });
});
