import {
  FixedGpuProbe,
  FixedHostProbe,
  InMemoryMeasurementStore,
  InMemoryModelRuntime,
  ManualClock,
  TEST_SETTINGS,
  installedVariant,
} from '@plimsoll/testing';
import { createFootprintModel } from '@plimsoll/domain';
import type { ResidentModel } from '@plimsoll/domain';
import { expect, test } from 'vitest';
import { SHAPES, transformerHeader } from '../../../domain/src/model/__fixtures__/transformer-header.js';
import { InspectModel } from '../models/inspect-model.js';
import { MeasurementRecorder } from '../statistics/measurement-recorder.js';
import { checkResidentModels } from './check-resident-models.js';

const header = transformerHeader(SHAPES.llama31With8B, 'Q4_K');
const model = createFootprintModel(header);
const onDevice = model.footprint('file', {
  contextTokens: 8192,
  parallel: 1,
  microBatchTokens: 512,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  flashAttention: 'auto',
  placement: { gpuLayers: 33, split: [1], expertLayersOnHost: 0 },
});

const run = async (resident: Partial<ResidentModel>) => {
  const runtime = new InMemoryModelRuntime({ variants: [installedVariant({ name: 'llama3.1:8b' })] });
  runtime.resident = async () => [
    { name: 'llama3.1:8b', sizeBytes: null, deviceBytes: null, contextTokens: 8192, expiresAtMs: null, ...resident },
  ];
  const store = new InMemoryMeasurementStore();
  const recorder = new MeasurementRecorder(
    store,
    runtime,
    new FixedGpuProbe(),
    new FixedHostProbe(),
    new ManualClock(),
    () => 'one',
  );
  const inspected = { header, path: null, digest: null, origin: 'a test', fetchedBytes: 0 };
  const inspect = new InspectModel(runtime, [{ supports: () => true, inspect: async () => inspected }]);
  const findings = await checkResidentModels({ runtime, inspect, recorder, settings: async () => TEST_SETTINGS });
  return { findings, records: await store.query({ kind: 'footprint' }) };
};

test('a model that takes what was predicted is well, and the observation is kept', async () => {
  const { findings, records } = await run({ sizeBytes: onDevice.totalBytes, deviceBytes: onDevice.totalBytes });
  expect(findings).toMatchObject([{ status: 'ok', fact: { outcome: 'agrees', everyLogit: false } }]);
  expect(records).toMatchObject([
    { footprint: { predictedBytes: onDevice.totalBytes, observedBytes: onDevice.totalBytes } },
  ]);
});

test('an older server that reserves logits for every token of a batch is as predicted, and said to be one', async () => {
  const { totalBytes } = createFootprintModel(header, { outputs: 'every' }).footprint('file', {
    contextTokens: 8192,
    parallel: 1,
    microBatchTokens: 512,
    keyCacheType: 'f16',
    valueCacheType: 'f16',
    flashAttention: 'auto',
    placement: { gpuLayers: 33, split: [1], expertLayersOnHost: 0 },
  });
  // 512 tokens of 128,256 logits in 32 bits are 250 MiB, beside which others need no room.
  expect(totalBytes).toBeGreaterThan(onDevice.totalBytes);
  const { findings, records } = await run({ sizeBytes: totalBytes, deviceBytes: totalBytes });
  expect(findings).toMatchObject([{ status: 'ok', fact: { outcome: 'agrees', everyLogit: true } }]);
  expect(records).toMatchObject([{ footprint: { predictedBytes: totalBytes, observedBytes: totalBytes } }]);
});

test('one that takes much more is explained', async () => {
  const { findings } = await run({ sizeBytes: onDevice.totalBytes * 1.5, deviceBytes: onDevice.totalBytes * 1.5 });
  expect(findings).toMatchObject([
    { status: 'warning', fact: { outcome: 'more' }, remedies: [{ kind: 'plan-model' }] },
  ]);
});

test('what lies on the host is told', async () => {
  const { findings } = await run({ sizeBytes: onDevice.totalBytes, deviceBytes: onDevice.totalBytes / 2 });
  expect(findings).toMatchObject([{ fact: { hostBytes: onDevice.totalBytes / 2 } }]);
});

test('a backend that does not tell is unknown, not zero', async () => {
  const { findings, records } = await run({});
  expect(findings).toMatchObject([{ status: 'unknown' }]);
  expect(records).toEqual([]);
});
