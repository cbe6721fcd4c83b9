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
import { LEVELS, createFootprintModel } from '@plimsoll/domain';
import type { Level, ModelHeader, Plan, TensorType } from '@plimsoll/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SHAPES, transformerHeader } from '../../../domain/src/model/__fixtures__/transformer-header.js';
import { ReadDevices } from '../devices/read-devices.js';
import { InspectModel } from '../models/inspect-model.js';
import { EnsureVariant } from '../variants/ensure-variant.js';
import { PlanModel } from './plan-model.js';

/** Levels whose matrices all have one type, so that a header of them is easily made. */
const PURE: Readonly<Partial<Record<Level, TensorType>>> = { F16: 'F16', Q8_0: 'Q8_0', Q5_0: 'Q5_0', Q4_0: 'Q4_0' };

function headerOf(shape: keyof typeof SHAPES, level: Level): ModelHeader {
  const header = transformerHeader(SHAPES[shape], PURE[level] ?? 'F16');
  return { ...header, metadata: new Map([...header.metadata, ['general.file_type', LEVELS[level].fileType]]) };
}

async function planOf(header: ModelHeader, gpu: string): Promise<Plan> {
  const runtime = new InMemoryModelRuntime({ variants: [] });
  const inspected = { header, path: null, digest: null, origin: 'a test', fetchedBytes: 0 };
  const planner = new PlanModel({
    inspect: new InspectModel(runtime, [{ supports: () => true, inspect: async () => inspected }]),
    devices: new ReadDevices(new FixedGpuProbe(), new FixedHostProbe()),
    config: new InMemoryConfigStore(),
    store: new InMemoryMeasurementStore(),
    ensure: new EnsureVariant(
      runtime,
      new InMemoryModelCatalog(runtime),
      [new FakeVariantBuilder(runtime, 'quantize')],
      (model, level) => `${model}-${level}`,
      new RecordingEventBus(),
    ),
  });
  return planner.plan({ model: '/models/model.gguf', gpu });
}

test('a level larger than the original file is never offered', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<keyof typeof SHAPES>('llama31With8B', 'qwen25With7B', 'gemma3With4B', 'qwen3With30BA3B'),
      fc.constantFrom(...(Object.keys(PURE) as Level[])),
      fc.constantFrom('RTX 4060', 'RTX 3090', 'RTX 5090', 'M2 Pro 32GB'),
      async (shape, own, gpu) => {
        const header = headerOf(shape, own);
        const model = createFootprintModel(header);
        const { candidates } = await planOf(header, gpu);
        expect(candidates.map(({ level }) => level)).toContain(own);
        for (const { level } of candidates) {
          if (level !== own) expect(model.weightBytes(level)).toBeLessThanOrEqual(model.weightBytes('file'));
        }
      },
    ),
    { numRuns: 25 },
  );
});

test('a model that was published in MXFP4 loses nothing at that level, and is offered at no larger one', async () => {
  const shape = { ...SHAPES.qwen3With30BA3B, architecture: 'gpt-oss' };
  const plain = transformerHeader(shape);
  const tensors = plain.tensors.map((tensor) =>
    tensor.name.includes('_exps') ? { ...tensor, type: 'MXFP4' as const, bytes: (tensor.bytes / 2 / 32) * 17 } : tensor,
  );
  const { candidates } = await planOf({ ...plain, tensors }, 'RTX 3090');
  const own = candidates.find(({ level }) => level === 'MXFP4_MOE');
  expect(own?.expected.quality.meanKld).toBe(0);
  expect(own?.expected.quality.basis).toEqual({ kind: 'as-published', level: 'MXFP4_MOE' });
  expect(candidates.map(({ level }) => level)).not.toContain('Q8_0');
  expect(candidates.map(({ level }) => level)).not.toContain('F16');
});
