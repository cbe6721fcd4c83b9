import { BackendFailedError, variantName } from '@plimsoll/domain';
import type { BuildOptions, BuildRequest, BuiltVariant } from '@plimsoll/domain';
import {
  FakeVariantBuilder,
  InMemoryConfigStore,
  InMemoryModelCatalog,
  InMemoryModelRuntime,
  ManualClock,
  RecordingEventBus,
  installedVariant,
} from '@plimsoll/testing';
import { describe, expect, test, vi } from 'vitest';
import { BackgroundBuilds } from './background-builds.js';
import { ChooseVariant } from './choose-variant.js';
import { EnsureVariant } from './ensure-variant.js';

interface Held {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

function held(): Held {
  const ends: Partial<Pick<Held, 'resolve' | 'reject'>> = {};
  const promise = new Promise<void>((resolve, reject) => Object.assign(ends, { resolve, reject }));
  return { promise, resolve: () => ends.resolve?.(), reject: (error) => ends.reject?.(error) };
}

/** A builder whose builds wait until the test lets them go on, or fails them. */
class HeldBuilder extends FakeVariantBuilder {
  go = held();

  override async build(request: BuildRequest, options: BuildOptions = {}): Promise<BuiltVariant> {
    options.onProgress?.({ phase: 'quantizing', completed: 1, total: 4, unit: 'tensors' });
    await this.go.promise;
    return super.build(request, options);
  }
}

function scene() {
  const runtime = new InMemoryModelRuntime({ variants: [installedVariant({ name: 'tale:1b-fp16', level: 'F16' })] });
  const [builder, bus, clock] = [new HeldBuilder(runtime), new RecordingEventBus(), new ManualClock()];
  const name = (model: string, level: Parameters<typeof variantName>[1]): string => variantName(model, level);
  const ensure = new EnsureVariant(runtime, new InMemoryModelCatalog(runtime), [builder], name, bus);
  const builds = new BackgroundBuilds(ensure, bus, clock);
  const config = new InMemoryConfigStore({ quantizationBits: 4 });
  const choose = new ChooseVariant(config, runtime, ensure, undefined, builds);
  return {
    runtime,
    builder,
    bus,
    clock,
    builds,
    choose,
    ask: () => choose.choose('tale:1b', { make: 'in-background' }),
  };
}

describe('a variant that is missing', () => {
  test('is made while the best that is there answers, once', async () => {
    const { builder, bus, builds, ask } = scene();
    const first = await ask();
    expect(first).toMatchObject({ variant: 'tale:1b-fp16', reason: 'fallback', wanted: { isBeingMade: true } });
    expect((await ask()).variant).toBe('tale:1b-fp16');
    await vi.waitFor(() => expect(builds.list()).toMatchObject([{ phase: 'quantizing', fraction: 0.25 }]));
    builder.go.resolve();
    await vi.waitFor(() => expect(builds.list()).toEqual([]));
    expect(builder.requests).toHaveLength(1);
    expect(await ask()).toMatchObject({ variant: 'tale:1b-q4_K_M', reason: 'settings' });
    expect(bus.events.map((event) => ('fraction' in event ? event.fraction : event.type))).toEqual([
      ...[null, 0.25, 1, 'variant-built'],
    ]);
  });

  test('is not tried again and again when making it fails', async () => {
    const { builder, bus, builds, clock, ask } = scene();
    await ask();
    builder.go.reject(new BackendFailedError('The engine fell over.'));
    await vi.waitFor(() => expect(builds.list()).toEqual([]));
    expect(bus.events.at(-1)).toMatchObject({ type: 'variant-failed', message: 'The engine fell over.' });
    const again = await ask();
    expect(again.wanted).toMatchObject({ isBeingMade: false, error: { message: 'The engine fell over.' } });
    expect(builds.list()).toEqual([]);
    clock.advance(5 * 60_000);
    builder.go = held();
    expect((await ask()).wanted).toMatchObject({ isBeingMade: true });
    builder.go.resolve();
    await builds.close();
  });

  test('is waited for where nothing else could answer', async () => {
    const { runtime, builder, ask } = scene();
    runtime.variants.length = 0;
    builder.go.resolve();
    expect(await ask()).toMatchObject({ variant: 'tale:1b-q4_K_M', made: 'quantize' });
  });
});

test('what would answer now is chosen without making anything, where that is wanted', async () => {
  const { builds, choose } = scene();
  await expect(choose.choose('tale:1b', { make: false })).rejects.toMatchObject({ code: 'variant-not-found' });
  const now = await choose.choose('tale:1b', { make: false, standIn: true });
  expect(now).toMatchObject({ variant: 'tale:1b-fp16', reason: 'fallback' });
  expect(builds.list()).toEqual([]);
});
