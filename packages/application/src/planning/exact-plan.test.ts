import { InMemoryMeasurementStore } from '@plimsoll/testing';
import {
  isOfKind,
  InvalidInputError,
  UnsupportedModelError,
  createFootprintModel,
  memoryBudget,
} from '@plimsoll/domain';
import type { Footprint, FootprintOracle, PlanRequest, RunShape } from '@plimsoll/domain';
import { describe, expect, test } from 'vitest';
import { SHAPES, transformerHeader } from '../../../domain/src/model/__fixtures__/transformer-header.js';
import { exactPlan } from './exact-plan.js';
import type { ExactPlanSubject } from './exact-plan.js';

const GIB = 1024 ** 3;
const header = transformerHeader(SHAPES.llama31With8B);
const model = createFootprintModel(header);

function subject(
  deviceGib: number | null,
  levels: PlanRequest['levels'] = ['F16', 'Q8_0', 'Q4_K_M'],
): ExactPlanSubject {
  const bytes = deviceGib === null ? null : deviceGib * GIB;
  const devices =
    bytes === null ? [] : [{ name: 'A card', memory: 'dedicated' as const, totalBytes: bytes, freeBytes: bytes }];
  const budget = memoryBudget({
    devices,
    host: { totalBytes: 64 * GIB, freeBytes: 64 * GIB },
    marginFraction: 0,
    limitBytes: null,
  });
  const speed = { bandwidthBytesPerSecond: null, fp16Tflops: null };
  const request: PlanRequest = {
    model: { name: 'm', architecture: 'llama', parameters: null, contextLength: 131_072, source: 'a test' },
    architecture: model.architecture,
    footprint: (level, shape) => model.footprint(level, shape),
    budget,
    machine: { devices: devices.map(() => speed), host: speed },
    levels,
    cacheTypes: [{ keyCacheType: 'f16', valueCacheType: 'f16' }],
    contexts: [8192],
  };
  const record = { model: 'm', device: 'A card', processor: 'A processor', platform: 'linux-x64' };
  return { request, header, ownLevel: 'F16', recipes: new Map(), record };
}

const grown = (footprint: Footprint, bytes: number): Footprint => {
  const more = (use: Footprint['host']): Footprint['host'] => ({
    ...use,
    computeBytes: use.computeBytes + bytes,
    totalBytes: use.totalBytes + bytes,
  });
  const [first, ...rest] = footprint.devices;
  return first === undefined
    ? { ...footprint, host: more(footprint.host), totalBytes: footprint.totalBytes + bytes }
    : { ...footprint, devices: [more(first), ...rest], totalBytes: footprint.totalBytes + bytes };
};

/** An engine that takes `extraBytes` more than the closed form of the level whose types the file has. */
function engine(extraBytes: number, refuse?: (shape: RunShape) => Error | null) {
  const store = new InMemoryMeasurementStore();
  const asked: RunShape[] = [];
  let types: readonly { readonly name: string; readonly bytes: number }[] = [];
  const oracle: FootprintOracle = {
    async measure(_path, shape) {
      asked.push(shape);
      const refusal = refuse?.(shape) ?? null;
      if (refusal !== null) throw refusal;
      return grown(model.footprint(types.length === 0 ? 'F16' : types, shape), extraBytes);
    },
  };
  let ids = 0;
  const dependencies = {
    oracle,
    store,
    clock: { nowMs: () => 7 },
    newId: () => String(++ids),
    withHeaderFile: <Result>(_: unknown, given: typeof types, use: (path: string) => Promise<Result>) => {
      types = given;
      return use('header.gguf');
    },
  };
  return { dependencies, store, asked };
}

describe('an exact plan', () => {
  test('tells what the engine says beside the closed form, and keeps both', async () => {
    const { dependencies, store } = engine(1000);
    const plan = await exactPlan(dependencies, subject(null));
    expect(plan.exact).toEqual({ asked: 3, answered: 3, notes: [] });
    for (const { exact, footprint } of plan.candidates) {
      expect(exact).toMatchObject({ differenceBytes: 1000, onHost: false });
      expect(footprint.totalBytes).toBe(exact?.totalBytes);
    }
    const records = await store.query({ kind: 'footprint', device: 'A processor', architecture: 'llama' });
    expect(records).toHaveLength(3);
    for (const { footprint, residentBytes } of records.filter(isOfKind('footprint'))) {
      expect(footprint.observedBytes - footprint.predictedBytes).toBe(1000);
      expect(residentBytes).toBeNull();
    }
  });

  test('takes another level when the engine needs more than the closed form said', async () => {
    const whole = subject(10);
    const closed = {
      ...whole,
      request: { ...whole.request, goal: 'quality' as const, constraints: { allowPartial: false } },
    };
    const { dependencies } = engine(2 * GIB);
    const plan = await exactPlan(dependencies, closed);
    // 7.5 GiB of Q8_0 with 1 GiB of cache fit by the closed form; with 2 GiB more they do not.
    const byForm = await exactPlan(engine(0).dependencies, closed);
    expect(byForm.recommended?.candidate.level).toBe('Q8_0');
    expect(plan.recommended?.candidate.level).toBe('Q4_K_M');
    expect(plan.recommended?.candidate.exact?.differenceBytes).toBe(2 * GIB);
  });

  test('asks about the recommended candidate first, and about no more than it may', async () => {
    const { dependencies } = engine(0);
    const done: number[] = [];
    const plan = await exactPlan(dependencies, subject(8), {
      mostCandidates: 1,
      onProgress: (count) => done.push(count),
    });
    expect(plan.recommended?.candidate.exact).toBeDefined();
    expect(plan.candidates.filter(({ exact }) => exact !== undefined)).toHaveLength(1);
    expect(done).toEqual([0]);
  });

  test('asks on the host where the engine has no such device', async () => {
    const noDevice = (shape: RunShape): Error | null =>
      shape.placement.split.length > 0 ? new InvalidInputError('The engine sees 0 devices.') : null;
    const { dependencies, store } = engine(500, noDevice);
    const plan = await exactPlan(dependencies, subject(24));
    const { exact, footprint } = plan.recommended?.candidate ?? {};
    expect(exact).toMatchObject({ onHost: true, differenceBytes: 500 });
    expect(footprint?.devices).toHaveLength(1);
    expect(plan.exact?.notes[0]).toMatchObject({ kind: 'asked-on-host', message: /^The engine sees 0 devices/u });
    expect((await store.query())[0]?.environment.device).toBe('A processor');
  });

  test('keeps the closed form, and says so, for a model that the engine does not know', async () => {
    const { dependencies, store, asked } = engine(0, () => new UnsupportedModelError('steamship is not known.'));
    const plan = await exactPlan(dependencies, subject(null));
    expect(plan.recommended).not.toBeNull();
    expect(plan.exact).toMatchObject({ asked: 1, answered: 0 });
    expect(plan.exact?.notes[0]).toMatchObject({ kind: 'closed-form', message: /steamship is not known\./u });
    expect(asked).toHaveLength(1);
    expect(await store.query()).toEqual([]);
  });
});
