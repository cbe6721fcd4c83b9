import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../errors/invalid-input-error.js';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import type { MetadataValue, ModelHeader } from '../model/model-header.js';
import { OWN_PREDICTION_LAYERS, createLoadedModel } from './companions.js';
import { createFootprintModel } from './footprint-model.js';
import type { RunShape } from './operating-point.js';

const shape: RunShape = {
  contextTokens: 8192,
  parallel: 1,
  microBatchTokens: 512,
  keyCacheType: 'q8_0',
  valueCacheType: 'q8_0',
  flashAttention: 'on',
  placement: { gpuLayers: 33, split: [1], expertLayersOnHost: 0 },
};
const onHost: RunShape = { ...shape, placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 } };

/** The header of a projector of Gemma 3's size, with one tensor. */
function projectorHeader(changes: Readonly<Record<string, MetadataValue>> = {}): ModelHeader {
  const metadata: Readonly<Record<string, MetadataValue>> = {
    'general.architecture': 'clip',
    'clip.projector_type': 'gemma3',
    'clip.vision.image_size': 896,
    'clip.vision.patch_size': 14,
    'clip.vision.embedding_length': 1152,
    'clip.vision.feed_forward_length': 4304,
    'clip.vision.attention.head_count': 16,
    ...changes,
  };
  const tensor = { name: 'v.patch_embd.weight', shape: [14, 14, 3, 1152], type: 'F16', typeId: 1, bytes: 1_354_752 };
  return {
    ...transformerHeader(SHAPES.fable5M),
    architecture: 'clip',
    metadata: new Map(Object.entries(metadata)),
    tensors: [{ ...tensor, type: 'F16', offset: 0 }],
  };
}

describe('what is loaded beside a model', () => {
  const header = transformerHeader(SHAPES.llama31With8B);
  const alone = createFootprintModel(header);

  it('is nothing unless it is named', () => {
    expect(createLoadedModel(header).footprint('Q8_0', shape)).toEqual(alone.footprint('Q8_0', shape));
  });

  it('lies on the first device, or with the model on the host', () => {
    const seeing = createLoadedModel(header, { projector: projectorHeader() });
    const { devices, host, totalBytes } = seeing.footprint('Q8_0', shape);
    const plain = alone.footprint('Q8_0', shape);
    expect(devices[0]?.weightsBytes).toBe(plain.devices[0]?.weightsBytes);
    expect(devices[0]?.companionBytes).toBeGreaterThan(1_354_752);
    expect(host).toEqual(plain.host);
    expect(totalBytes).toBe(plain.totalBytes + (devices[0]?.companionBytes ?? NaN));
    expect(seeing.footprint('Q8_0', onHost).host.companionBytes).toBe(devices[0]?.companionBytes);
  });

  it('of a projector without a closed form is the weights alone, and says so', () => {
    const seeing = createLoadedModel(header, { projector: projectorHeader({ 'clip.projector_type': 'ultravox' }) });
    expect(seeing.footprint('Q8_0', shape).devices[0]?.companionBytes).toBe(1_354_752);
    expect(seeing.notes.join()).toContain('not known');
  });

  it('refuses a model as a projector, and a projector that contradicts itself', () => {
    expect(() => createLoadedModel(header, { projector: header })).toThrow(InvalidInputError);
    const odd = projectorHeader({ 'clip.vision.patch_size': 0 });
    expect(() => createLoadedModel(header, { projector: odd })).toThrow('clip.vision.patch_size is 0');
  });

  it('of a draft model is all of its own footprint with a 16-bit cache, and the logits of what it drafts', () => {
    const draft = transformerHeader(SHAPES.fable5M);
    const drafted = createLoadedModel(header, { draft }).footprint('Q8_0', shape);
    const own = createFootprintModel(draft).footprint('file', {
      ...shape,
      keyCacheType: 'f16',
      valueCacheType: 'f16',
      placement: { ...shape.placement, gpuLayers: 7 },
    });
    expect(drafted.devices[0]?.companionBytes).toBe(own.devices[0]?.totalBytes);
    expect(drafted.host.companionBytes).toBe(own.host.totalBytes);
    const model = createFootprintModel(header, { draftedTokens: 3 }).footprint('Q8_0', shape);
    expect(drafted.totalBytes).toBe(model.totalBytes + own.totalBytes);
  });

  it('of prediction layers is a cache of their own, and their weights are loaded with it alone', () => {
    const { layers, ...rest } = SHAPES.llama31With8B;
    const predicting = transformerHeader({ ...rest, layers: layers + 1, architecture: 'mimo2' });
    const one = {
      kind: 'array',
      elementType: 'number',
      length: 33,
      values: Array.from({ length: 33 }, () => 0),
    } as const;
    const own: ModelHeader = {
      ...predicting,
      metadata: new Map([
        ...predicting.metadata,
        ['mimo2.nextn_predict_layers', 1] as const,
        ['mimo2.attention.sliding_window_pattern', one] as const,
      ]),
    };
    const last = own.tensors.filter(({ name }) => name.startsWith('blk.32.'));
    const without = createLoadedModel(own).footprint('file', shape);
    const drafting = createLoadedModel(own, { draft: OWN_PREDICTION_LAYERS }).footprint('file', {
      ...shape,
      placement: { ...shape.placement, gpuLayers: 34 },
    });
    const [device] = drafting.devices;
    const more = (device?.weightsBytes ?? 0) + drafting.host.weightsBytes;
    const fewer = (without.devices[0]?.weightsBytes ?? 0) + without.host.weightsBytes;
    expect(last.length).toBeGreaterThan(0);
    expect(more - fewer).toBe(last.reduce((sum, { bytes }) => sum + Math.ceil(bytes / 32) * 32, 0));
    // 8 heads of 128 keys and as many values, 16 bits each.
    expect(device?.companionBytes).toBeGreaterThan(8192 * 8 * (128 + 128) * 2);
    expect(() => createLoadedModel(header, { draft: OWN_PREDICTION_LAYERS })).toThrow(InvalidInputError);
  });

  it('of prediction layers that the engine leaves in the file is nothing', () => {
    const shape = { ...SHAPES.llama31With8B, architecture: 'bailingmoe2' };
    const bytes = (layers: number, predictions: number) => {
      const metadata = { 'bailingmoe2.nextn_predict_layers': predictions };
      return createFootprintModel(transformerHeader({ ...shape, layers, metadata })).weightBytes('file');
    };
    expect(bytes(33, 1)).toBe(bytes(32, 0));
  });
});
