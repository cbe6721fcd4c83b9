import path from 'node:path';
import { sampleModelPath } from '@plimsoll/sample-model';
import { writeSparseGguf } from '@plimsoll/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { SOFTWARE_VULKAN, hasSoftwareVulkan, shape, temporaryFolder } from '../../test/support/settings.js';
import { LlamaCppRuntime } from '../runtime/llama-cpp-runtime.js';
import { LlamaCppFootprintOracle } from './llama-cpp-footprint-oracle.js';
import { engineDevices } from './engine-devices.js';

describe('LlamaCppFootprintOracle', async () => {
  const folder = await temporaryFolder();
  const oracle = new LlamaCppFootprintOracle({ flavor: 'cpu' });
  afterAll(() => oracle.close());

  test('the sample model: bytes of its tensors, and a cache of cells × layers × width × two halves', async () => {
    const { host, devices, totalBytes } = await oracle.measure(sampleModelPath(), shape());
    expect(devices).toEqual([]);
    // The card: 6 layers, 4 kv heads of 32; keys and values, two bytes each.
    expect(host.kvCacheBytes).toBe(256 * 6 * 4 * 32 * 2 * 2);
    // 11,644,064 bytes of file less its header of 96,416.
    expect(host.weightsBytes).toBe(11_547_648);
    expect(host.recurrentStateBytes).toBe(0);
    expect(totalBytes).toBe(host.weightsBytes + host.kvCacheBytes + host.computeBytes);
  });

  test('the cache follows type, context and sequences', async () => {
    const cache = async (change: Parameters<typeof shape>[0]): Promise<number> =>
      (await oracle.measure(sampleModelPath(), shape(change))).host.kvCacheBytes;
    const whole = await cache({});
    expect(await cache({ keyCacheType: 'q8_0', valueCacheType: 'q8_0' })).toBe((whole / 64) * 34);
    expect(await cache({ contextTokens: 1024 })).toBe(whole * 4);
    expect(await cache({ parallel: 4 })).toBe(whole * 4);
  });

  test('a loaded model takes what is answered, with logits of the last token alone', async () => {
    const every = new LlamaCppFootprintOracle({ flavor: 'cpu', outputs: 'every' });
    const runtime = new LlamaCppRuntime({ modelsFolder: folder, engine: { flavor: 'cpu' } });
    try {
      const { totalBytes } = await oracle.measure(sampleModelPath(), shape());
      await runtime.load(sampleModelPath(), { contextTokens: 256 });
      const [resident] = await runtime.resident();
      expect(resident?.sizeBytes).toBe(totalBytes);
      // 256 tokens of 4,096 logits are 4 MiB, in whose stead the widest layer counts: 3.4 MiB.
      expect((await every.measure(sampleModelPath(), shape())).totalBytes - totalBytes).toBeGreaterThan(1024 ** 2);
    } finally {
      await Promise.all([every.close(), runtime.close()]);
    }
  });

  test('a header alone is enough', async () => {
    const file = path.join(folder, 'header-only.gguf');
    const tensor = (name: string, rows: number, type: 'F16' | 'F32' = 'F16') => ({
      name,
      shape: type === 'F32' ? [256] : [256, rows],
      type,
    });
    await writeSparseGguf(file, {
      metadata: {
        'general.architecture': 'llama',
        'llama.block_count': { type: 'uint32', value: 1 },
        'llama.context_length': { type: 'uint32', value: 4096 },
        'llama.embedding_length': { type: 'uint32', value: 256 },
        'llama.feed_forward_length': { type: 'uint32', value: 512 },
        'llama.attention.head_count': { type: 'uint32', value: 4 },
        'llama.attention.layer_norm_rms_epsilon': { type: 'float32', value: 1e-5 },
        'llama.vocab_size': { type: 'uint32', value: 1000 },
        'tokenizer.ggml.model': 'no_vocab',
      },
      tensors: [
        tensor('token_embd.weight', 1000),
        tensor('output_norm.weight', 1, 'F32'),
        tensor('blk.0.attn_norm.weight', 1, 'F32'),
        tensor('blk.0.attn_q.weight', 256),
        tensor('blk.0.attn_k.weight', 256),
        tensor('blk.0.attn_v.weight', 256),
        tensor('blk.0.attn_output.weight', 256),
        tensor('blk.0.ffn_norm.weight', 1, 'F32'),
        tensor('blk.0.ffn_gate.weight', 512),
        tensor('blk.0.ffn_up.weight', 512),
        { name: 'blk.0.ffn_down.weight', shape: [512, 256], type: 'F16' },
      ],
    });
    const { host } = await oracle.measure(file, shape());
    expect(host.weightsBytes).toBe(2 * (256 * 1000 + 4 * 256 * 256 + 3 * 256 * 512) + 3 * 4 * 256);
    expect(host.kvCacheBytes).toBe(256 * 256 * 2 * 2);
  });

  test('says why it cannot', async () => {
    await expect(oracle.measure('/no/such.gguf', shape())).rejects.toMatchObject({ code: 'model-not-found' });
    await expect(oracle.measure('/etc/hosts', shape())).rejects.toMatchObject({ code: 'invalid-model-file' });
    const file = path.join(folder, 'unknown.gguf');
    await writeSparseGguf(file, { metadata: { 'general.architecture': 'steamship' }, tensors: [] });
    await expect(oracle.measure(file, shape())).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining('steamship') as string,
    });
  });

  describe.skipIf(!hasSoftwareVulkan())(
    `with a device${hasSoftwareVulkan() ? '' : ' (skipped: mesa-vulkan-drivers is not installed)'}`,
    () => {
      const offloading = new LlamaCppFootprintOracle(SOFTWARE_VULKAN);
      afterAll(() => offloading.close());

      test('lists it with its memory', async () => {
        const [device] = await engineDevices(SOFTWARE_VULKAN);
        expect(device?.name).toMatch(/llvmpipe/);
        expect(device?.totalBytes).toBeGreaterThan(0);
      });

      test('layers and their cache move to the device', async () => {
        const placed = async (gpuLayers: number) =>
          offloading.measure(sampleModelPath(), shape({ placement: { gpuLayers, split: [1], expertLayersOnHost: 0 } }));
        const half = await placed(4);
        const all = await placed(7);
        // Four counted from the end are the output layer and three of six.
        expect(half.devices[0]?.kvCacheBytes).toBe(half.host.kvCacheBytes);
        expect(all.host.kvCacheBytes).toBe(0);
        expect(all.devices[0]?.weightsBytes).toBeGreaterThan(half.devices[0]?.weightsBytes ?? 0);
        // The embedding is tied to the output: it is held on both. 256 × 4,096 in F16.
        expect(all.host.weightsBytes).toBe(256 * 4096 * 2);
      });

      test('more devices than there are is a wrong question', async () => {
        const placement = { gpuLayers: 7, split: [0.5, 0.5], expertLayersOnHost: 0 };
        await expect(offloading.measure(sampleModelPath(), shape({ placement }))).rejects.toMatchObject({
          code: 'invalid-input',
        });
      });
    },
  );
});
