import { shapeWith } from '@plimsoll/domain';
import { InMemoryConfigStore, InMemoryMeasurementStore, qualityRecord, speedRecord } from '@plimsoll/testing';
import type { Measurement } from '@plimsoll/domain';
import { describe, expect, test } from 'vitest';
import { FindRegressions } from './find-regressions.js';
import { speedTrends } from './speed-trends.js';

const driver = (name: string): Pick<Measurement, 'environment'> => ({
  environment: { backend: 'fake', engineBuild: 'b1', device: 'A card', driver: name, platform: 'linux-x64' },
});

const speeds = (middle: number): readonly number[] => [-0.3, 0.2, 0, 0.1, -0.1, 0.3, -0.2, 0.15].map((d) => middle + d);

const useCase = async (records: readonly Measurement[], qualityThreshold: number | null = null) => {
  const store = new InMemoryMeasurementStore();
  await store.append(records);
  return new FindRegressions(store, new InMemoryConfigStore({ qualityThreshold }));
};

describe('FindRegressions', () => {
  test('warns of a driver update that made things slower', async () => {
    const records = [
      ...speeds(40).map((speed) => speedRecord(speed)),
      ...speeds(30).map((speed) => speedRecord(speed, driver('560'))),
    ];
    const { regressions, trends } = await (await useCase(records)).find({ model: 'tale:1b' });
    expect(regressions).toMatchObject([{ kind: 'speed', changes: [{ part: 'driver', from: '550', to: '560' }] }]);
    expect(trends[0]?.change).toBeCloseTo(-0.25, 1);
  });

  test('the same machine, as fast as ever, is well', async () => {
    const records = [...speeds(40), ...speeds(40)].map((speed) => speedRecord(speed));
    const finding = await useCase(records);
    expect((await finding.find()).regressions).toEqual([]);
    expect(await finding.check()).toMatchObject([{ check: 'trend', status: 'ok' }]);
  });

  test('warns of quality below the threshold of the settings, and only where there is one', async () => {
    const records = [qualityRecord(0.8)];
    expect(await (await useCase(records, 0.9)).check()).toMatchObject([
      { status: 'warning', fact: { kind: 'got-worse', regression: { kind: 'quality', now: 0.8, threshold: 0.9 } } },
    ]);
    expect(await (await useCase(records)).check()).toMatchObject([{ status: 'ok' }]);
  });

  test('records that cannot be read are a finding, not a crash', async () => {
    const store = new InMemoryMeasurementStore();
    store.query = async () => {
      throw new Error('damaged');
    };
    const finding = new FindRegressions(store, new InMemoryConfigStore());
    expect(await finding.check()).toMatchObject([{ status: 'unknown', fact: { kind: 'failed', message: 'damaged' } }]);
  });

  test('two files of one name are two models, of which neither became slower', async () => {
    const records = [
      ...speeds(40).map((speed) => speedRecord(speed, { digest: 'sha256:a' })),
      ...speeds(30).map((speed) => speedRecord(speed, { digest: 'sha256:b' })),
    ];
    const { trends, regressions } = await (await useCase(records)).find();
    expect(regressions).toEqual([]);
    expect(trends.map(({ runs }) => runs)).toEqual([8, 8]);
  });

  test('one file under two names is one model', async () => {
    const moved = { digest: 'sha256:a', variant: 'elsewhere/tale.gguf' };
    const records = [
      ...speeds(40).map((speed) => speedRecord(speed, { digest: 'sha256:a' })),
      ...speeds(30).map((speed) => speedRecord(speed, moved)),
    ];
    expect((await (await useCase(records)).find()).regressions).toMatchObject([
      { kind: 'speed', ...{ variant: moved.variant } },
    ]);
  });

  test('what was imported is no regression of this machine', async () => {
    const records = [...speeds(40), ...speeds(30)].map((speed) => speedRecord(speed, { foreign: true }));
    expect(await (await useCase(records)).find()).toEqual({ trends: [], regressions: [] });
  });
});

describe('speedTrends', () => {
  test('gives at most twelve points, oldest first, whatever order the records come in', () => {
    const records = Array.from({ length: 100 }, (_, index) => speedRecord(100 + index)).reverse();
    const [trend] = speedTrends(records);
    expect(trend).toMatchObject({ runs: 100, device: 'A card' });
    expect(trend?.decodeTokensPerSecond).toHaveLength(12);
    expect(trend?.decodeTokensPerSecond).toEqual([...(trend?.decodeTokensPerSecond ?? [])].sort((a, b) => a - b));
    expect(trend?.change).toBeGreaterThan(0.8);
  });

  test('keeps runs apart that cannot be compared, and drops those that heat slowed', () => {
    const four = speeds(40).slice(0, 4);
    const records = [
      ...four.map((speed) => speedRecord(speed)),
      ...four.map((speed) => speedRecord(speed, { shape: shapeWith({ kvCache: 'q8_0' }) })),
      ...four.map((speed) => speedRecord(speed, { variant: 'hot', throttled: true })),
      ...four.slice(1).map((speed) => speedRecord(speed, { variant: 'few' })),
    ];
    expect(speedTrends(records).map(({ runs }) => runs)).toEqual([4, 4]);
  });
});
