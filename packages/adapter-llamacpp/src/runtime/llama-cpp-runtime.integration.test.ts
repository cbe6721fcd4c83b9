import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import type { GenerateEvent, LoadOptions } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SOFTWARE_VULKAN, hasSoftwareVulkan, shape, temporaryFolder } from '../../test/support/settings.js';
import { LlamaCppFootprintOracle } from '../engine/llama-cpp-footprint-oracle.js';
import { LlamaCppRuntime } from './llama-cpp-runtime.js';
import type { LlamaCppRuntimeOptions } from './llama-cpp-runtime.js';

const input = { kind: 'prompt', prompt: 'Once upon a time there was', raw: true } as const;

describe('loading at an operating point', async () => {
  const folder = await temporaryFolder();
  let runtime: LlamaCppRuntime;
  const start = (options: Partial<LlamaCppRuntimeOptions> = {}): LlamaCppRuntime =>
    (runtime = new LlamaCppRuntime({ modelsFolder: folder, engine: { flavor: 'cpu' }, ...options }));
  const answer = async (model: string, maxTokens: number, load?: LoadOptions): Promise<readonly GenerateEvent[]> => {
    const events: GenerateEvent[] = [];
    for await (const event of runtime.generate({ model, input, maxTokens, temperature: 0, load })) events.push(event);
    return events;
  };
  const residents = async (): Promise<readonly string[]> => (await runtime.resident()).map(({ name }) => name);
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code,
    );

  beforeAll(async () => {
    for (const name of ['a', 'b', 'c']) await copyFile(sampleModelPath(), path.join(folder, `${name}.gguf`));
  });
  afterEach(() => runtime.close());

  test.each([
    {},
    { contextTokens: 1024, parallel: 3 },
    { keyCacheType: 'q8_0', valueCacheType: 'q8_0', flashAttention: 'on' },
    { keyCacheType: 'q8_0', flashAttention: 'off' },
    { contextTokens: 2048, microBatchTokens: 64 },
  ] as const)('%o takes the bytes that the oracle answers', async (change) => {
    const oracle = new LlamaCppFootprintOracle({ flavor: 'cpu' });
    const wanted = shape(change);
    start();
    try {
      await runtime.load('a', wanted);
      const [resident] = await runtime.resident();
      expect(resident?.sizeBytes).toBe((await oracle.measure(sampleModelPath(), wanted)).totalBytes);
      expect(resident?.contextTokens).toBe(wanted.contextTokens);
    } finally {
      await oracle.close();
    }
  });

  test('the cache of an idle model is dropped and made anew, with the same answer', async () => {
    start();
    const text = (events: readonly GenerateEvent[]): string =>
      events.map((event) => (event.type === 'text' ? event.text : '')).join('');
    const held = async (): Promise<number> => (await runtime.resident())[0]?.sizeBytes ?? 0;
    const before = text(await answer('a', 12));
    const whole = await held();
    expect(await runtime.dropIdleCache('a')).toBe(true);
    expect(await runtime.dropIdleCache('a')).toBe(false);
    expect(await held()).toBeLessThan(whole * 0.9);
    expect(text(await answer('a', 12))).toBe(before);
    expect(await held()).toBe(whole);
    // Not while it answers.
    const running = runtime.generate({ model: 'a', input, maxTokens: 200, temperature: 0 });
    await running.next();
    expect(await runtime.dropIdleCache('a')).toBe(false);
    await running.return(undefined);
    expect(await runtime.dropIdleCache('nothing')).toBe(false);
  });

  test.skipIf(!hasSoftwareVulkan())('layers lie where the placement puts them', async () => {
    const oracle = new LlamaCppFootprintOracle(SOFTWARE_VULKAN);
    start({ engine: SOFTWARE_VULKAN });
    try {
      for (const gpuLayers of [0, 4, 7]) {
        const wanted = shape({ placement: { gpuLayers, split: [1], expertLayersOnHost: 0 } });
        await runtime.load('a', wanted);
        const [resident] = await runtime.resident();
        const footprint = await oracle.measure(sampleModelPath(), wanted);
        expect(resident?.deviceBytes).toBe(footprint.devices[0]?.totalBytes);
      }
    } finally {
      await oracle.close();
    }
  });

  test('what is asked again, or not asked at all, loads nothing anew', async () => {
    start();
    expect((await runtime.load('a', { contextTokens: 512, parallel: 2 })).loadMs).toBeGreaterThan(0);
    for (const same of [{}, { contextTokens: 512 }, { keyCacheType: 'f16', placement: { gpuLayers: 0 } }] as const) {
      expect((await runtime.load('a', same)).loadMs).toBe(0);
    }
    for (const other of [{ contextTokens: 1024 }, { flashAttention: 'off' }, { microBatchTokens: 128 }] as const) {
      expect((await runtime.load('a', other)).loadMs).toBeGreaterThan(0);
    }
  });

  test('requests that come at once load a model once, and one that wants it otherwise waits for them', async () => {
    start();
    const answers = await Promise.all([answer('a', 24), answer('a', 24), answer('a', 24, { contextTokens: 128 })]);
    const loads = answers.map((events) => {
      const done = events.at(-1);
      return done?.type === 'done' && done.stopReason === 'length' ? done.timings.loadMs : null;
    });
    expect(loads.filter((loadMs) => loadMs === 0)).toHaveLength(1);
    expect(loads).not.toContain(null);
    expect((await runtime.resident())[0]?.contextTokens).toBe(256);
  });

  test('unloading lets a running answer end, and cuts it off after the time it is given', async () => {
    start();
    const read = async (drainMs: number | undefined): Promise<readonly [unknown, number]> => {
      let tokens = 0;
      const unloading: Promise<void>[] = [];
      const code = await codeOf(
        (async () => {
          const request = { model: 'a', input, maxTokens: 600, temperature: 0, load: { contextTokens: 2048 } };
          for await (const event of runtime.generate(request)) {
            if (event.type === 'text') tokens++;
            if (unloading.length === 0) unloading.push(runtime.unload('a', { drainMs }));
          }
        })(),
      );
      await Promise.all(unloading);
      expect(await residents()).toEqual([]);
      return [code, tokens];
    };
    const [whole, tokens] = await read(undefined);
    expect(whole).toBe('done');
    const [cut, fewer] = await read(0);
    expect(cut).toBe('cancelled');
    expect(fewer).toBeLessThan(tokens);
  });

  test('idle models make room within the budget of bytes; a larger one is loaded alone', async () => {
    start();
    await runtime.load('a', { contextTokens: 256 });
    const each = (await runtime.resident())[0]?.sizeBytes ?? 0;
    await runtime.close();
    start({ maxResidentBytes: 2 * each });
    for (const name of ['a', 'b']) await runtime.load(name, { contextTokens: 256 });
    expect(await residents()).toEqual(['a', 'b']);
    await runtime.load('c', { contextTokens: 256 });
    expect(await residents()).toEqual(['b', 'c']);
    await runtime.close();
    start({ maxResidentBytes: 1 });
    await runtime.load('a');
    await runtime.load('b');
    expect(await residents()).toEqual(['b']);
  });

  test.each([
    [{ threads: 100_000 }, 'threads is 100000'],
    [{ parallel: 0 }, 'parallel is 0'],
    [{ contextTokens: 1e9, parallel: 4 }, '4 contexts of 1000000000 tokens'],
    [{ placement: { gpuLayers: -1 } }, 'gpuLayers is -1'],
    [{ placement: { split: [2] } }, 'split is 2'],
  ])('%o is refused before anything is loaded', async (load, message) => {
    start();
    await expect(runtime.load('a', load)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(message) as string,
    });
  });
});
