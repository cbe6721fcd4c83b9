import { readFile, readdir } from 'node:fs/promises';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { VariantNotFoundError, createFootprintModel, createPlan, memoryBudget, planTogether } from '@plimsoll/domain';
import type { GenerateTextEvent } from '@plimsoll/application';
import type { PlanRequest } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { gpuReading } from '@plimsoll/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { recommendedLevel } from '../examples/read-a-plan.js';
import {
  generationEvent,
  gpuDocument,
  inspectDocument,
  modelsDocument,
  planDocument,
  residentPlanDocument,
} from '../src/index.js';
import { ALL_SCHEMAS, generationEventSchemas } from '../src/schemas/index.js';

const GIB = 1024 ** 3;
const inspected = await new FileModelInspector().inspect({ kind: 'file', path: sampleModelPath() });
let request: PlanRequest;

beforeAll(() => {
  const model = createFootprintModel(inspected.header);
  const device = { name: 'RTX 4060', memory: 'dedicated' as const, totalBytes: 8 * GIB, freeBytes: null };
  const speed = { bandwidthBytesPerSecond: 272e9, fp16Tflops: 15 };
  request = {
    model: { name: 'fable', architecture: 'llama', parameters: 5_770_496, contextLength: 256, source: 'a test' },
    architecture: model.architecture,
    footprint: (level, shape) => model.footprint(level, shape),
    budget: memoryBudget({
      devices: [device],
      host: { totalBytes: 16 * GIB, freeBytes: 8 * GIB },
      marginFraction: 0.1,
      limitBytes: null,
    }),
    machine: { devices: [speed], host: speed },
    levels: ['F16', 'Q8_0', 'Q4_K_M'],
    cacheTypes: [
      { keyCacheType: 'f16', valueCacheType: 'f16' },
      { keyCacheType: 'q8_0', valueCacheType: 'q4_0' },
    ],
    contexts: [256],
  };
});

/** The document as it arrives, checked by the schema of its name. */
const arrived = <Document extends { readonly schema: string }>(document: Document): Document => {
  const [, name = ''] = /^plimsoll\.([\w-]+)\/1$/.exec(document.schema) ?? [];
  const received: unknown = JSON.parse(JSON.stringify(document));
  expect(received).toEqual(document);
  return ALL_SCHEMAS[name]?.parse(received) as Document;
};

describe('documents follow their schemas', () => {
  test('a plan, whose parts make up their totals', () => {
    const { candidates, recommended } = arrived(planDocument(createPlan(request)));
    expect(candidates.map(({ kvCache }) => kvCache)).toContain('q8_0/q4_0');
    for (const { footprint } of candidates) {
      for (const part of [footprint.device, footprint.host]) {
        expect(part.weights + part.kvCache + part.compute).toBe(part.total);
      }
      expect(footprint.device.total + footprint.host.total).toBe(footprint.total);
    }
    expect(recommended?.level).toBe('Q8_0');
    expect(recommendedLevel(JSON.stringify(planDocument(createPlan(request))))).toBe('Q8_0');
  });

  test('several models in memory at once', () => {
    const document = arrived(residentPlanDocument(planTogether([request, request])));
    expect(document.fits).toBe(true);
    expect(document.totalBytes).toBe(
      document.models.reduce(
        (sum, { candidate: { footprint, overheadBytes } }) => sum + footprint.total + overheadBytes,
        0,
      ),
    );
  });

  test('an inspected model, with its tensors and metadata', () => {
    const { model, types, tensors, metadata } = arrived(inspectDocument(inspected, { tensors: true, metadata: true }));
    expect(model).toMatchObject({ architecture: 'llama', level: 'F16', parameters: 5_770_496 });
    expect(types.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    expect(tensors).toHaveLength(types.reduce((sum, entry) => sum + entry.tensors, 0));
    expect(metadata).toHaveProperty(['general.architecture'], 'llama');
  });

  test('a machine, and a list of models: nothing of the inside goes out', () => {
    const host = { totalBytes: 1, availableBytes: 1, processorName: null, processors: 1, platform: 'linux-x64' };
    const device = {
      id: 'a',
      index: 0,
      name: 'A card',
      vendor: 'amd',
      memory: 'dedicated',
      totalBytes: 1,
      driver: null,
    } as const;
    const state = {
      host: { ...host, machineId: null, memoryBandwidth: 1 },
      devices: [{ device, reading: gpuReading({ deviceId: 'a' }) }],
    };
    expect(arrived(gpuDocument(state)).host).toEqual(host);
    const runtime = { name: 'Test', version: null, endpoint: null };
    expect(arrived(modelsDocument('embedded', { runtime, models: [] })).backend).toEqual({
      id: 'embedded',
      ...runtime,
    });
  });
});

test('every schema says its own name, and becomes JSON Schema', () => {
  for (const [name, schema] of Object.entries(ALL_SCHEMAS)) {
    expect(z.toJSONSchema(schema)).toMatchObject({ properties: { schema: { const: `plimsoll.${name}/1` } } });
  }
});

test('the entry without schemas loads no zod', async () => {
  const folder = new URL('../src/documents/', import.meta.url);
  for (const file of [...(await readdir(folder)), '../index.ts']) {
    const text = await readFile(new URL(file, folder), 'utf8');
    const loaded = [...text.matchAll(/^(?:import|export) (?!type)[^;]*from '([^']+)'/gm)].map(([, from]) => from);
    expect(loaded.filter((from) => from === 'zod' || from?.includes('schema'))).toEqual([]);
  }
});

test('the example of the README is the one that is run here', async () => {
  const file = (name: string): Promise<string> => readFile(new URL(`../${name}`, import.meta.url), 'utf8');
  expect(await file('README.md')).toContain(await file('examples/read-a-plan.ts'));
});

describe('events of an answer follow their schemas', () => {
  const timings = {
    ...{ promptTokens: 3, cachedPromptTokens: null, generatedTokens: 1, loadMs: null },
    ...{ prefillMs: 1, decodeMs: 2, firstTokenMs: 2, totalMs: 3 },
  };
  const chosen = {
    variant: 'tale:q4',
    level: 'Q4_K_M',
    digest: null,
    made: null,
    load: {},
    reason: 'settings',
  } as const;
  const error = new VariantNotFoundError('It is not here.', { remedies: [{ kind: 'list-models' }] });

  test.each<[GenerateTextEvent, object]>([
    [{ type: 'variant', chosen }, { wanted: null }],
    [
      { type: 'variant', chosen: { ...chosen, reason: 'fallback', wanted: { level: 'Q8_0', error } } },
      { wanted: { level: 'Q8_0', code: 'variant-not-found', message: 'It is not here.', isBeingMade: false } },
    ],
    [
      { type: 'text', text: 'Once' },
      { text: 'Once', thinking: false, logprob: null, topLogprobs: null },
    ],
    [
      { type: 'text', text: 'a', thinking: true, logprob: -1, topLogprobs: [{ token: 'a', logprob: -1 }] },
      { thinking: true, logprob: -1, topLogprobs: [{ token: 'a', logprob: -1 }] },
    ],
    [
      { type: 'tool-call', call: { id: 'call_1', name: 'weather', arguments: { city: 'Oslo' } } },
      { call: { id: 'call_1', name: 'weather', arguments: { city: 'Oslo' } } },
    ],
    [
      { type: 'done', stopReason: 'stop', timings },
      { stopReason: 'stop', timings },
    ],
  ])('%j', (event, part) => {
    const { name, data } = generationEvent(event);
    expect(generationEventSchemas[name].parse(JSON.parse(JSON.stringify(data)))).toMatchObject(part);
  });
});
