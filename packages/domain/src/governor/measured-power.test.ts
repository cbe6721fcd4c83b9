import { describe, expect, it } from 'vitest';
import { rung } from './__fixtures__/machine.js';
import type { SpeedMeasurement } from '../measurement/measurement.js';
import { withMeasuredPower } from './measured-power.js';

const at = (digest: string | null) => ({ ...rung({ level: 'Q4_K_M', gib: 5, loss: 0.03 }), digest });
const shape = { keyCacheType: 'f16', valueCacheType: 'f16', placement: { gpuLayers: 33 } } as const;
/** A run of ten seconds. */
const run = (
  digest: string | null,
  energyJ: number | null,
  more: Partial<SpeedMeasurement> = {},
): SpeedMeasurement => ({
  ...{ kind: 'speed', id: 'r', atMs: 0, model: 'a', variant: 'a', level: 'Q4_K_M', digest, architecture: null },
  environment: { backend: 'embedded', engineBuild: null, device: 'A card', driver: null, platform: 'linux-x64' },
  ...{ shape, succeeded: true, errorCode: null, residentBytes: null, temperatureC: null, throttled: null, energyJ },
  ...{ comparisonId: null, foreign: false, predictedSpeed: null, footprint: null },
  timings: {
    ...{ promptTokens: 10, cachedPromptTokens: 0, generatedTokens: 100, loadMs: null, prefillMs: 10 },
    ...{ decodeMs: 9_990, firstTokenMs: 12, totalMs: 10_000 },
  },
  ...more,
});
const powers = (rungs: ReturnType<typeof at>[], records: readonly SpeedMeasurement[]): readonly (number | null)[] =>
  withMeasuredPower(rungs, records).map(({ powerW }) => powerW);

describe('withMeasuredPower', () => {
  it('takes the median power of the runs of each content, and null where there is none', () => {
    const records = [run('a', 2000), run('a', 2200), run('a', 9000), run('b', 1800)];
    expect(powers([at('a'), at('b'), at('c')], records)).toEqual([220, 180, null]);
  });

  it('knows nothing of a content whose digest is not known', () => {
    expect(powers([at(null), at('a')], [run(null, 2000)])).toEqual([null, null]);
  });

  it.each([
    ['failed', { succeeded: false }],
    ['was slowed down by heat', { throttled: true }],
    ['has other layers on the device', { shape: { ...shape, placement: { gpuLayers: 10 } } }],
    ['has another cache', { shape: { ...shape, keyCacheType: 'q8_0' as const } }],
    ['did not read the power', { energyJ: null }],
  ])('leaves out a run that %s', (_, more) => {
    expect(powers([at('a')], [run('a', 2000, more)])).toEqual([null]);
  });
});
