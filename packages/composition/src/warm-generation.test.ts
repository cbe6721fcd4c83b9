import {
  EVENT_BUS,
  GPU_PROBE,
  HOST_PROBE,
  MEASUREMENT_STORE,
  MODEL_CATALOG,
  MODEL_RUNTIME,
  VARIANT_BUILDER,
} from '@plimsoll/di';
import type { CatalogEntry, CatalogOptions, LoadedSettings } from '@plimsoll/domain';
import {
  FakeVariantBuilder,
  FixedGpuProbe,
  FixedHostProbe,
  InMemoryConfigStore,
  InMemoryMeasurementStore,
  InMemoryModelCatalog,
  InMemoryModelRuntime,
  installedVariant,
} from '@plimsoll/testing';
import type { ServiceIdentifier } from 'inversify';
import { expect, test } from 'vitest';
import { openPlimsoll, type Plimsoll } from './open-plimsoll.js';

interface Counts {
  settings: number;
  runtime: number;
  catalog: number;
  registry: number;
}

/** A server's Plimsoll over fakes that count what they are asked. */
async function counted(): Promise<{ plimsoll: Plimsoll; counts: Counts; runtime: InMemoryModelRuntime }> {
  const counts: Counts = { settings: 0, runtime: 0, catalog: 0, registry: 0 };
  class CountedConfig extends InMemoryConfigStore {
    override async load(): Promise<LoadedSettings> {
      counts.settings += 1;
      return super.load();
    }
  }
  class CountedCatalog extends InMemoryModelCatalog {
    override async variants(model: string, options?: CatalogOptions): Promise<readonly CatalogEntry[]> {
      counts.catalog += 1;
      if (options?.remote !== false) counts.registry += 1;
      return super.variants(model);
    }
  }
  const runtime = new InMemoryModelRuntime({
    variants: [
      installedVariant({ name: 'tale:1b-fp16', level: 'F16' }),
      installedVariant({ name: 'tale:1b-q8_0', level: 'Q8_0' }),
    ],
  });
  const plimsoll = await openPlimsoll({
    config: new CountedConfig({ backend: 'ollama', quantizationBits: 8 }),
    follow: true,
    replace: new Map<ServiceIdentifier<object>, object>([
      [MODEL_RUNTIME, countFinds(runtime, counts)],
      [MODEL_CATALOG, new CountedCatalog(runtime)],
      [VARIANT_BUILDER, new FakeVariantBuilder(runtime)],
      [GPU_PROBE, new FixedGpuProbe()],
      [HOST_PROBE, new FixedHostProbe()],
      [MEASUREMENT_STORE, new InMemoryMeasurementStore()],
    ]),
  });
  return { plimsoll, counts, runtime };
}

/** What is asked of it from outside; a runtime may look into itself. */
function countFinds(runtime: InMemoryModelRuntime, counts: Counts): InMemoryModelRuntime {
  return new Proxy(runtime, {
    get(target, member) {
      if (member === 'find' || member === 'list') counts.runtime += 1;
      const value: unknown = Reflect.get(target, member, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** One request of a server: a lease, a generation, the release. */
async function generate({ lease }: Plimsoll, model = 'tale:1b', make = false): Promise<string | null> {
  const { value: use, release } = await lease();
  try {
    let variant: string | null = null;
    const request = { model, input: { kind: 'prompt', prompt: 'Once' }, maxTokens: 2 } as const;
    for await (const event of (await use.generation()).generate(request, { make })) {
      if (event.type === 'variant') variant = event.chosen.variant;
    }
    return variant;
  } finally {
    release();
  }
}

test('a generation on a warm server reads no settings and asks no catalogue', async () => {
  const { plimsoll, counts } = await counted();
  expect(await generate(plimsoll)).toBe('tale:1b-q8_0');
  expect(counts).toEqual({ settings: 1, runtime: expect.any(Number) as number, catalog: 1, registry: 0 });
  const warm = { ...counts };
  for (let request = 0; request < 5; request += 1) expect(await generate(plimsoll)).toBe('tale:1b-q8_0');
  expect(counts).toEqual(warm);
  await plimsoll.close();
});

test('a change of the settings holds for the next request', async () => {
  const { plimsoll } = await counted();
  await generate(plimsoll);
  await (await plimsoll.shared.settings()).update({ quantizationBits: 16 });
  expect(await generate(plimsoll)).toBe('tale:1b-fp16');
  await plimsoll.close();
});

test('a variant that is made is found, and one that fails is looked for again', async () => {
  const { plimsoll, counts, runtime } = await counted();
  await generate(plimsoll);
  const before = counts.catalog;
  (await plimsoll.get(EVENT_BUS)).publish({ type: 'variant-built', name: 'other' });
  await generate(plimsoll);
  expect(counts.catalog).toBe(before + 1);
  runtime.variants.splice(1, 1);
  await expect(generate(plimsoll)).rejects.toMatchObject({ code: 'model-not-found' });
  await expect(generate(plimsoll)).rejects.toMatchObject({ code: 'variant-not-found' });
  await plimsoll.close();
});

test('a registry is asked to make a variant, and not otherwise', async () => {
  const { plimsoll, counts } = await counted();
  await expect(generate(plimsoll, 'no-such-model')).rejects.toMatchObject({ code: 'variant-not-found' });
  expect(counts.registry).toBe(0);
  await plimsoll.close();
});
