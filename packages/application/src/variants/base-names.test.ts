import { variantFileName } from '@plimsoll/domain';
import type { InstalledVariant, ModelInspector } from '@plimsoll/domain';
import {
  FakeVariantBuilder,
  InMemoryConfigStore,
  InMemoryModelRuntime,
  RecordingEventBus,
  installedVariant,
} from '@plimsoll/testing';
import { expect, test } from 'vitest';
import { InspectModel } from '../models/inspect-model.js';
import { ChooseVariant } from './choose-variant.js';
import { EnsureVariant } from './ensure-variant.js';
import { QuantizeModel } from './quantize-model.js';

/** A folder with files `fable-…`, as a catalogue that goes by their names. */
const folder = (...variants: readonly InstalledVariant[]) => {
  const runtime = new InMemoryModelRuntime({ variants });
  const builder = new FakeVariantBuilder(runtime);
  const bus = new RecordingEventBus();
  const catalog = {
    variants: async () => runtime.variants.map((variant) => ({ ...variant, location: 'local' as const })),
  };
  const ensure = new EnsureVariant(runtime, catalog, [builder], variantFileName, bus);
  const inspected: string[] = [];
  const inspector: ModelInspector = {
    supports: () => true,
    inspect: async (reference) => {
      inspected.push(reference.kind === 'name' ? reference.name : reference.kind);
      throw new Error('read enough');
    },
  };
  return { runtime, builder, bus, catalog, ensure, inspector, inspected };
};
const F16 = installedVariant({ name: 'fable-f16', level: 'F16' });
const Q8 = installedVariant({ name: 'fable-Q8_0', level: 'Q8_0' });

test.each(['fable', 'fable-Q8_0'])('a variant of %s is made from the sibling that lost nothing', async (model) => {
  const { builder, ensure } = folder(Q8, F16);
  const made = await ensure.ensure(model, 'Q3_K_M', { make: true });
  expect(made.name).toBe('fable-Q3_K_M');
  expect(builder.requests).toEqual([{ source: 'fable-f16', target: 'fable-Q3_K_M', level: 'Q3_K_M' }]);
});

test('without such a sibling the model itself is what there is', async () => {
  expect(await folder(Q8).ensure.source('fable-Q8_0')).toBe('fable-Q8_0');
  expect(await folder(F16).ensure.source('fable-f16')).toBe('fable-f16');
});

test('quantize takes a base name too, and the very model where quantizing twice is allowed', async () => {
  const { builder, bus, ensure } = folder(Q8, F16);
  const quantize = new QuantizeModel([builder], variantFileName, bus, (model) => ensure.source(model));
  await quantize.quantize({ model: 'fable', level: 'Q4_K_M' });
  await quantize.quantize({ model: 'fable-Q8_0', level: 'Q4_0', allowRequantize: true });
  expect(builder.requests.map(({ source }) => source)).toEqual(['fable-f16', 'fable-Q8_0']);
});

test('a base name runs its full variant when quantization is off', async () => {
  const { runtime, ensure } = folder(Q8, F16);
  const choose = new ChooseVariant(new InMemoryConfigStore({ quantizationEnabled: false }), runtime, ensure);
  expect(await choose.choose('fable', { make: false })).toMatchObject({ variant: 'fable-f16' });
});

test.each([
  ['fable', [Q8, F16], 'fable-f16'],
  ['fable', [Q8], 'fable-Q8_0'],
  ['fable-Q8_0', [Q8, F16], 'fable-Q8_0'],
] as const)('%s is inspected as %j has it', async (model, variants, read) => {
  const { runtime, catalog, inspector, inspected } = folder(...variants);
  await expect(new InspectModel(runtime, [inspector], catalog).inspect(model)).rejects.toThrow('read enough');
  expect(inspected).toEqual([read]);
});
