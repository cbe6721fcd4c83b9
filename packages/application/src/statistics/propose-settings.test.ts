import { shapeWith } from '@plimsoll/domain';
import {
  InMemoryConfigStore,
  InMemoryMeasurementStore,
  RecordingEventBus,
  TEST_SETTINGS,
  qualityRecord,
  speedRecord,
} from '@plimsoll/testing';
import { describe, expect, test } from 'vitest';
import { ManageSettings } from '../settings/manage-settings.js';
import { ProposeForModels } from './propose-for-models.js';
import { LEAST_SCORED_TOKENS, LEAST_TIMED_RUNS, proposeSettings } from './propose-settings.js';

const MEASURED = [
  qualityRecord(0.99, { level: 'Q8_0' }),
  qualityRecord(0.95, { level: 'Q5_K_M' }),
  qualityRecord(0.93, { level: 'Q4_K_M' }),
  qualityRecord(0.7, { level: 'Q2_K' }),
];

describe('proposeSettings', () => {
  test('takes the smallest level that reaches the threshold, with the numbers', () => {
    const [proposal] = proposeSettings(MEASURED, { ...TEST_SETTINGS, quantizationBits: 8 }, 0.9);
    expect(proposal).toMatchObject({ model: 'tale:1b', override: { level: 'Q4_K_M' } });
    const evidence = { sameTopToken: 0.93, scoredTokens: 4000, foreign: false };
    expect(proposal?.reasons).toMatchObject([
      { kind: 'level', level: 'Q4_K_M', threshold: 0.9, evidence, current: 'Q8_0' },
    ]);
  });

  test('counts the standard error against a level', () => {
    const [proposal] = proposeSettings(MEASURED, TEST_SETTINGS, 0.928);
    expect(proposal?.override).toEqual({ level: 'Q5_K_M' });
  });

  test('says nothing where the settings say so already, or nothing is good enough', () => {
    expect(proposeSettings(MEASURED, TEST_SETTINGS, 0.9)).toEqual([]);
    expect(proposeSettings(MEASURED, TEST_SETTINGS, 0.999)).toEqual([]);
    expect(proposeSettings([speedRecord(40)], TEST_SETTINGS, 0.9)).toEqual([]);
  });

  test.each([
    [LEAST_SCORED_TOKENS - 1, 'Q5_K_M'],
    [LEAST_SCORED_TOKENS, 'Q2_K'],
  ])('a level that was scored over %i tokens leads to %s', (scoredTokens, level) => {
    const lucky = qualityRecord(0.95, { level: 'Q2_K' });
    const records = [
      qualityRecord(0.95, { level: 'Q5_K_M' }),
      { ...lucky, quality: { ...lucky.quality!, scoredTokens } },
    ];
    expect(proposeSettings(records, TEST_SETTINGS, 0.9)[0]?.override.level).toBe(level);
  });

  test('turns quantization on where it was off, and says so', () => {
    const [proposal] = proposeSettings(MEASURED, { ...TEST_SETTINGS, quantizationEnabled: false }, 0.9);
    expect(proposal?.override).toEqual({ level: 'Q4_K_M', enabled: true });
    expect(proposal?.reasons[0]?.current).toBeNull();
  });

  test('leaves a level out of which every run failed', () => {
    const failed = speedRecord(1, { succeeded: false, errorCode: 'out-of-memory', timings: null });
    const settings = { ...TEST_SETTINGS, quantizationBits: 8 } as const;
    expect(proposeSettings([...MEASURED, failed], settings, 0.9)[0]?.override).toEqual({ level: 'Q5_K_M' });
  });

  test.each([
    ['as fast', 39.5, 'q8_0'],
    ['much slower', 20, undefined],
    ['not timed', null, undefined],
    ['as fast in too few runs', 39.5, undefined, LEAST_TIMED_RUNS - 1],
  ])('a smaller cache that is %s', (_name, speed, kvCacheType, runs = LEAST_TIMED_RUNS) => {
    const records = [
      ...MEASURED,
      qualityRecord(0.925, { shape: shapeWith({ kvCache: 'q8_0' }) }),
      qualityRecord(0.8, { shape: shapeWith({ kvCache: 'q4_0' }) }),
      ...Array.from({ length: LEAST_TIMED_RUNS }, () => speedRecord(40)),
      ...Array.from({ length: speed === null ? 0 : runs }, () =>
        speedRecord(speed ?? 0, { shape: shapeWith({ kvCache: 'q8_0' }) }),
      ),
    ];
    expect(proposeSettings(records, TEST_SETTINGS, 0.9)[0]?.override.kvCacheType).toBe(kvCacheType);
  });

  test('says nothing against a cache that was not measured', () => {
    expect(proposeSettings(MEASURED, { ...TEST_SETTINGS, keyCacheType: 'q8_0', valueCacheType: 'q8_0' }, 0.9)).toEqual(
      [],
    );
    const bad = qualityRecord(0.5, { shape: shapeWith({ kvCache: 'q8_0' }) });
    const settings = { ...TEST_SETTINGS, keyCacheType: 'q8_0', valueCacheType: 'q8_0' } as const;
    expect(proposeSettings([...MEASURED, bad], settings, 0.9)[0]?.override).toEqual({ kvCacheType: 'f16' });
  });

  test('does not take a smaller cache as long as the larger one was not timed', () => {
    const small = qualityRecord(0.925, { shape: shapeWith({ kvCache: 'q8_0' }) });
    const timed = Array.from({ length: LEAST_TIMED_RUNS }, () =>
      speedRecord(40, { shape: shapeWith({ kvCache: 'q8_0' }) }),
    );
    expect(proposeSettings([...MEASURED, small, ...timed], TEST_SETTINGS, 0.9)).toEqual([]);
  });

  test('trusts own records over foreign ones, and tells where evidence is from', () => {
    const foreign = qualityRecord(0.5, { foreign: true });
    const settings = { ...TEST_SETTINGS, quantizationBits: 8 } as const;
    expect(proposeSettings([...MEASURED, foreign], settings, 0.9)[0]?.override.level).toBe('Q4_K_M');
    const borrowed = proposeSettings([qualityRecord(0.95, { foreign: true })], settings, 0.9);
    expect(borrowed[0]?.reasons[0]?.evidence.foreign).toBe(true);
  });
});

describe('ProposeForModels', () => {
  test('changes nothing until it is told to, and then only what was proposed', async () => {
    const store = new InMemoryMeasurementStore();
    await store.append(MEASURED);
    const config = new InMemoryConfigStore({
      quantizationBits: 8,
      modelOverrides: { tale: { contextTokens: 2048 }, other: { bits: 16 } },
    });
    const proposing = new ProposeForModels(store, new ManageSettings(config, new RecordingEventBus()));
    const proposals = await proposing.propose();
    expect((await config.load()).settings.modelOverrides['tale:1b']).toBeUndefined();
    await proposing.apply(proposals);
    expect((await config.load()).settings.modelOverrides).toEqual({
      tale: { contextTokens: 2048 },
      other: { bits: 16 },
      'tale:1b': { contextTokens: 2048, level: 'Q4_K_M' },
    });
    expect(await proposing.propose()).toEqual([]);
  });
});
